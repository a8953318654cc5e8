"""Places boxes in layers: what is referred to left of what refers to it, few crossings.

The steps are those of Sugiyama, Tagawa and Toda (1981): break circles, assign layers by the
longest path, put a waypoint into each layer that an edge passes, order each layer by the middle of
its neighbours, then give coordinates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

GAP_X, GAP_Y = 110.0, 28.0
_SWEEPS = 24
_WAYPOINT_HEIGHT = 14.0


@dataclass(frozen=True)
class Size:
    """The size of a box, in pixels."""

    width: float
    height: float


@dataclass
class Placed:
    """Where everything is: the left upper corner of each box, and the waypoints of each edge.

    `routes` gives, for an edge (from, to) by its index, the points between its two boxes.
    """

    boxes: dict[str, tuple[float, float]] = field(default_factory=dict)
    routes: dict[int, list[tuple[float, float]]] = field(default_factory=dict)
    width: float = 0.0
    height: float = 0.0


def place(sizes: Mapping[str, Size], edges: Sequence[tuple[str, str]]) -> Placed:
    """Places boxes; an edge (a, b) has `a` left of `b` wherever there is no circle."""
    return _Layout(dict(sizes), list(edges)).place()


class _Layout:
    def __init__(self, sizes: dict[str, Size], edges: list[tuple[str, str]]) -> None:
        self._sizes = sizes
        self._edges = edges
        self._forward = {index: edge for index, edge in enumerate(edges) if edge[0] != edge[1]}
        self._break_circles()
        self._layer = self._layers()
        self._rows: list[list[str]] = []
        self._chains: dict[int, list[str]] = {}
        self._neighbours: dict[str, list[str]] = {}

    def place(self) -> Placed:
        self._insert_waypoints()
        self._order()
        return self._coordinates()

    def _break_circles(self) -> None:
        """Turns the edges round that lead back to where a walk came from."""
        after: dict[str, list[tuple[int, str]]] = {name: [] for name in self._sizes}
        for index, (start, end) in self._forward.items():
            after[start].append((index, end))
        state: dict[str, int] = {}
        for root in self._sizes:
            if root in state:
                continue
            state[root] = 1
            stack = [(root, iter(after[root]))]
            while stack:
                name, rest = stack[-1]
                step = next(rest, None)
                if step is None:
                    state[name] = 2
                    stack.pop()
                elif state.get(step[1]) == 1:
                    self._forward[step[0]] = (step[1], name)
                elif step[1] not in state:
                    state[step[1]] = 1
                    stack.append((step[1], iter(after[step[1]])))

    def _layers(self) -> dict[str, int]:
        layer = dict.fromkeys(self._sizes, 0)
        for _ in self._sizes:
            changed = False
            for start, end in self._forward.values():
                if layer[end] < layer[start] + 1:
                    layer[end], changed = layer[start] + 1, True
            if not changed:
                break
        return layer

    def _insert_waypoints(self) -> None:
        for index, (start, end) in self._forward.items():
            chain = [start]
            for number in range(self._layer[start] + 1, self._layer[end]):
                waypoint = f"·{index}·{number}"
                self._layer[waypoint] = number
                self._sizes[waypoint] = Size(0.0, _WAYPOINT_HEIGHT)
                chain.append(waypoint)
            chain.append(end)
            self._chains[index] = chain
            for one, other in pairwise(chain):
                self._neighbours.setdefault(one, []).append(other)
                self._neighbours.setdefault(other, []).append(one)
        self._rows = [[] for _ in range(max(self._layer.values(), default=0) + 1)]
        for name, number in self._layer.items():
            self._rows[number].append(name)

    def _order(self) -> None:
        """Orders each layer by the middle of the neighbours in the layer before, to and fro."""
        best, least = [list(row) for row in self._rows], self._crossings()
        for sweep in range(_SWEEPS):
            forth = sweep % 2 == 0
            numbers = range(1, len(self._rows)) if forth else range(len(self._rows) - 2, -1, -1)
            for number in numbers:
                beside = self._rows[number - 1 if forth else number + 1]
                position = {name: index for index, name in enumerate(beside)}
                row = self._rows[number]
                middles = {
                    name: self._middle(name, position, float(index))
                    for index, name in enumerate(row)
                }
                row.sort(key=middles.__getitem__)
            crossings = self._crossings()
            if crossings < least:
                best, least = [list(row) for row in self._rows], crossings
        self._rows = best

    def _middle(self, name: str, position: Mapping[str, int], own: float) -> float:
        found = [position[other] for other in self._neighbours.get(name, ()) if other in position]
        return sum(found) / len(found) if found else own

    def _crossings(self) -> int:
        count = 0
        for row, beside in pairwise(self._rows):
            right = {name: index for index, name in enumerate(beside)}
            ends: list[int] = []
            for name in row:
                found = (right[one] for one in self._neighbours.get(name, ()) if one in right)
                ends += sorted(found)
            count += sum(
                other < one for index, one in enumerate(ends) for other in ends[index + 1 :]
            )
        return count

    def _coordinates(self) -> Placed:
        placed = Placed()
        heights = [
            sum(self._sizes[name].height for name in row) + GAP_Y * (len(row) - 1)
            for row in self._rows
        ]
        placed.height = max(heights, default=0.0)
        centre: dict[str, tuple[float, float]] = {}
        x = 0.0
        for row, height in zip(self._rows, heights, strict=True):
            width = max((self._sizes[name].width for name in row), default=0.0)
            y = (placed.height - height) / 2
            for name in row:
                size = self._sizes[name]
                if not name.startswith("·"):
                    placed.boxes[name] = (x, y)
                centre[name] = (x, y + size.height / 2)
                centre[f"{name}→"] = (x + width, y + size.height / 2)
                y += size.height + GAP_Y
            x += width + GAP_X
        placed.width = max(x - GAP_X, 0.0)
        for index, chain in self._chains.items():
            points = [point for name in chain[1:-1] for point in (centre[name], centre[f"{name}→"])]
            turned = self._forward[index] != self._edges[index]
            placed.routes[index] = points[::-1] if turned else points
        return placed
