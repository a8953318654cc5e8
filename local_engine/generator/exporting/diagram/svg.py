"""The entities and their relations as an SVG picture: readable alone, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from local_engine.generator.blueprint.resolved import USER, Application, Entity
from local_engine.generator.exporting.diagram.layout import Placed, Size, place

_ROW, _HEAD, _MARGIN = 20.0, 28.0, 24.0
_CHARACTER = 7.2
"""Width of a character at 12 px, on average; names are short."""
_LEAST_WIDTH = 150.0
_STYLE = """
  .box { fill: #ffffff; stroke: #64748b; }
  .head { fill: #334155; }
  .title { font-weight: 600; fill: #ffffff; }
  .name { fill: #0f172a; }
  .type { fill: #64748b; text-anchor: end; }
  .edge { fill: none; stroke: #64748b; stroke-width: 1.3; }
  .optional { stroke-dasharray: 5 3; }
  .label { fill: #475569; paint-order: stroke; stroke: #ffffff; stroke-width: 3; }
  .paper { fill: #ffffff; }
  text { font-family: Helvetica, Arial, "DejaVu Sans", sans-serif; font-size: 12px; }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0b1220; } .box { fill: #111a2e; stroke: #64748b; }
    .name { fill: #e2e8f0; } .type { fill: #94a3b8; } .label { fill: #cbd5e1; stroke: #0b1220; }
  }
"""


@dataclass(frozen=True)
class _Edge:
    """From the entity that is referred to (`start`) to the one that refers (`end`)."""

    start: str
    end: str
    label: str
    start_mark: str
    end_mark: str
    optional: bool


def svg(application: Application) -> str:
    """The picture's text."""
    edges = list(_edges(application))
    drawn = {edge.start for edge in edges} | {edge.end for edge in edges}
    entities = {
        name: entity
        for name, entity in application.entities.items()
        if name != USER or name in drawn or entity.fields
    }
    rows = {name: list(_rows(entity)) for name, entity in entities.items()}
    sizes = {name: _size(name, found) for name, found in rows.items()}
    placed = place(sizes, [(edge.start, edge.end) for edge in edges])
    return "\n".join(_picture(application, placed, sizes, rows, edges)) + "\n"


def _edges(application: Application) -> Iterator[_Edge]:
    for entity in application.entities.values():
        for relation in entity.to_one.values():
            many = "one" if relation.unique else "many"
            yield _Edge(relation.to, entity.name, relation.name, "one", many, relation.optional)
        for links in entity.links.values():
            yield _Edge(entity.name, links.to, links.name, "many", "many", False)


def _rows(entity: Entity) -> Iterator[tuple[str, str]]:
    if entity.name == USER:
        yield "email", "email"
    for field in entity.fields.values():
        yield f"{field.name}{'?' if field.optional else ''}", str(field.type)
    for relation in entity.to_one.values():
        yield f"{relation.name}{'?' if relation.optional else ''}", f"→ {relation.to}"
    if entity.states is not None:
        yield entity.states.field, "state"


def _size(name: str, rows: list[tuple[str, str]]) -> Size:
    longest = max((len(left) + len(right) + 3 for left, right in rows), default=0)
    width = max(_LEAST_WIDTH, (len(name) + 4) * _CHARACTER * 1.1, longest * _CHARACTER + 16)
    return Size(round(width), _HEAD + _ROW * len(rows) + 6)


def _picture(
    application: Application,
    placed: Placed,
    sizes: dict[str, Size],
    rows: dict[str, list[tuple[str, str]]],
    edges: list[_Edge],
) -> Iterator[str]:
    loops = 60.0 if any(edge.start == edge.end for edge in edges) else 0.0
    width, height = placed.width + 2 * _MARGIN + loops, placed.height + 2 * _MARGIN
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    yield f"<title>{escape(application.name)}: entities and relations</title>"
    yield f"<style>{_STYLE}</style>"
    yield f'<rect class="paper" width="{width:.0f}" height="{height:.0f}"/>'
    yield f'<g transform="translate({_MARGIN:.0f} {_MARGIN:.0f})">'
    ports = _Ports(placed, sizes, edges)
    for index, edge in enumerate(edges):
        yield from _line(edge, ports.route(index, edge))
    for name, found in rows.items():
        yield from _box(name, found, placed.boxes[name], sizes[name])
    yield "</g>"
    yield "</svg>"


def _box(
    name: str, rows: list[tuple[str, str]], corner: tuple[float, float], size: Size
) -> Iterator[str]:
    x, y = corner
    yield f'<g transform="translate({x:.1f} {y:.1f})">'
    yield f'<rect class="box" width="{size.width:.0f}" height="{size.height:.0f}" rx="6"/>'
    top = f"M0 {_HEAD:.0f}V6a6 6 0 0 1 6-6H{size.width - 6:.0f}a6 6 0 0 1 6 6V{_HEAD:.0f}z"
    yield f'<path class="head" d="{top}"/>'
    yield f'<text class="title" x="10" y="19">{escape(name)}</text>'
    for index, (left, right) in enumerate(rows):
        line = _HEAD + _ROW * index + 16
        yield f'<text class="name" x="10" y="{line:.0f}">{escape(left)}</text>'
        yield (
            f'<text class="type" x="{size.width - 10:.0f}" y="{line:.0f}">{escape(right)}</text>'
        )
    yield "</g>"


class _Ports:
    """Where edges leave and enter: spread over the sides of boxes, in order of the other end."""

    def __init__(self, placed: Placed, sizes: dict[str, Size], edges: list[_Edge]) -> None:
        self._placed = placed
        self._sizes = sizes
        self._ports: dict[tuple[int, bool], tuple[float, float]] = {}
        sides: dict[tuple[str, bool], list[tuple[float, int, bool]]] = {}
        for index, edge in enumerate(edges):
            if edge.start == edge.end:
                continue
            for begins, own, other in ((True, edge.start, edge.end), (False, edge.end, edge.start)):
                points = placed.routes[index]
                towards = (points[0] if begins else points[-1]) if points else self._centre(other)
                right = towards[0] > placed.boxes[own][0]
                sides.setdefault((own, right), []).append((towards[1], index, begins))
        for (name, right), found in sides.items():
            x, y = placed.boxes[name]
            size = sizes[name]
            step = size.height / (len(found) + 1)
            for number, (_, index, begins) in enumerate(sorted(found), start=1):
                at = (x + (size.width if right else 0.0), y + step * number)
                self._ports[index, begins] = at

    def _centre(self, name: str) -> tuple[float, float]:
        x, y = self._placed.boxes[name]
        return x + self._sizes[name].width / 2, y + self._sizes[name].height / 2

    def route(self, index: int, edge: _Edge) -> list[tuple[float, float]]:
        """All points of an edge, from box to box."""
        if edge.start == edge.end:
            x, y = self._placed.boxes[edge.start]
            x += self._sizes[edge.start].width
            return [(x, y + 34), (x + 44, y + 34), (x + 44, y + 12), (x, y + 12)]
        return [self._ports[index, True], *self._placed.routes[index], self._ports[index, False]]


def _line(edge: _Edge, points: list[tuple[float, float]]) -> Iterator[str]:
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x1, y1), (x2, y2) in pairwise(points):
        middle = (x1 + x2) / 2
        path += f"C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    optional = " optional" if edge.optional else ""
    yield f'<path class="edge{optional}" d="{path}"/>'
    yield _mark(edge.start_mark, points[0], points[1])
    yield _mark(edge.end_mark, points[-1], points[-2])
    x, y = _label_place(points)
    where = f'x="{x:.1f}" y="{y:.1f}" text-anchor="middle" style="font-size: 10px"'
    yield f'<text class="label" {where}>{escape(edge.label)}</text>'


def _label_place(points: list[tuple[float, float]]) -> tuple[float, float]:
    (x1, y1), (x2, y2) = points[-2], points[-1]
    return (x1 + x2) / 2, (y1 + y2) / 2 + 3.5


def _mark(kind: str, at: tuple[float, float], towards: tuple[float, float]) -> str:
    """A crow's foot for many, a bar for one, at the box."""
    x, y = at
    way = 1 if towards[0] >= x else -1
    if kind == "one":
        return f'<path class="edge" d="M{x + 7 * way:.1f} {y - 5:.1f}v10"/>'
    foot = f"M{x:.1f} {y - 6:.1f}L{x + 11 * way:.1f} {y:.1f}L{x:.1f} {y + 6:.1f}"
    return f'<path class="edge" d="{foot}"/>'
