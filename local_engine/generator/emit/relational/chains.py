"""Chains of cascades at whose lower end rows have to go first.

A foreign key with ON DELETE RESTRICT looks when the row that it leads to goes. Cascades run level
by level: a row two levels down is still there while a row one level down goes, so it would be in
the way of it although both go. Such rows are deleted first (see `deletion`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import Application, Entity, OnDelete

MAX_DEPTH = 6
"""Longest chain of cascades that is followed."""

Way = tuple[str, str]
"""An entity and a to-one relation of it."""
Chain = tuple[Way, ...]
"""Cascading relations from a row up to the row that it goes with, the lowest first."""


def chains_of(application: Application) -> dict[str, tuple[Chain, ...]]:
    """By entity, the chains of rows that must go before a row of it: referring rows first."""
    search = _Search(application.entities, _cascades(application.entities.values()))
    tenant = application.tenancy.tenant if application.tenancy is not None else None
    found = {}
    for name in application.entities:
        if name != tenant:  # every row of a tenant is one level down
            chains = search.chains(name)
            if chains:
                found[name] = chains
    return found


def _cascades(entities: Iterable[Entity]) -> dict[str, list[str]]:
    """The entities whose rows go with a row of an entity."""
    found: dict[str, list[str]] = {}
    for entity in entities:
        for relation in entity.to_one.values():
            if relation.on_delete is OnDelete.CASCADE:
                found.setdefault(relation.to, []).append(entity.name)
    return found


@dataclass(frozen=True)
class _Search:
    entities: Mapping[str, Entity]
    cascades: Mapping[str, list[str]]

    def chains(self, root: str) -> tuple[Chain, ...]:
        """The chains to rows that have to go before a row of `root`."""
        levels = self._levels(root)
        if max(levels.values()) < 2:
            return ()
        found: dict[str, list[Chain]] = {}
        for name in levels:
            chains = list(self._up(name, root, levels, ()))
            if not any(len(chain) == 1 and self._required(chain[0]) for chain in chains):
                blocked = [chain for chain in chains if self._in_the_way(name, levels, chain)]
                if blocked:
                    found[name] = blocked
        return tuple(chain for name in self._referring_first(found) for chain in found[name])

    def _levels(self, root: str) -> dict[str, int]:
        """The entities whose rows go with a row of `root`: how many cascades down at least."""
        levels = {root: 0}
        queue = [root]
        for name in queue:
            for child in self.cascades.get(name, ()):
                if child not in levels and levels[name] < MAX_DEPTH:
                    levels[child] = levels[name] + 1
                    queue.append(child)
        return levels

    def _up(self, name: str, root: str, levels: Mapping[str, int], below: Chain) -> Iterator[Chain]:
        """All chains from an entity up to the root, through no entity twice."""
        if len(below) >= MAX_DEPTH or name == root:
            return
        passed = {entity for entity, _ in below} | {name}
        for relation in self.entities[name].to_one.values():
            if relation.on_delete is not OnDelete.CASCADE or relation.to not in levels:
                continue
            chain = (*below, (name, relation.name))
            if relation.to == root:
                yield chain
            elif relation.to not in passed:
                yield from self._up(relation.to, root, levels, chain)

    def _required(self, way: Way) -> bool:
        return not self.entities[way[0]].to_one[way[1]].optional

    def _in_the_way(self, name: str, levels: Mapping[str, int], chain: Chain) -> bool:
        """Whether rows at the lower end of the chain refer to rows that go before them."""
        return any(
            relation.on_delete is OnDelete.RESTRICT
            and levels.get(relation.to, MAX_DEPTH) < len(chain)
            for relation in self.entities[name].to_one.values()
        )

    def _referring_first(self, names: Iterable[str]) -> list[str]:
        """The entities, each after those that refer to it, as far as circles allow."""
        among = list(names)
        done: dict[str, None] = {}

        def visit(name: str, above: frozenset[str]) -> None:
            if name in done or name in above:
                return
            for other in among:
                if any(to.to == name for to in self.entities[other].to_one.values()):
                    visit(other, above | {name})
            done[name] = None

        for name in among:
            visit(name, frozenset())
        return list(done)
