"""Finds circles that can never come to life: required references and parts of one another."""

from __future__ import annotations

from collections.abc import Mapping

from local_engine.generator.blueprint.resolved import Entity
from local_engine.generator.blueprint.resolving.context import Context

_Graph = Mapping[str, Mapping[str, str]]
"""For each entity: where its relations lead, by relation."""


def check_cycles(context: Context, entities: Mapping[str, Entity]) -> None:
    """Notes circles of parts, and circles of required relations."""
    parts = {
        name: {entity.part_of: entity.to_one[entity.part_of].to} if entity.part_of else {}
        for name, entity in entities.items()
    }
    in_parts = set()
    for circle in _circles(parts):
        in_parts |= {entity for entity, _ in circle}
        _tell(context, circle, "A row cannot be a part of itself")
    required = {
        name: {
            key: relation.to
            for key, relation in entity.to_one.items()
            if not relation.optional and not relation.implicit
        }
        for name, entity in entities.items()
    }
    for circle in _circles(required):
        if not {entity for entity, _ in circle} <= in_parts:
            message = "No first row could ever be created: make one of these relations optional"
            _tell(context, circle, message)


def _tell(context: Context, circle: list[tuple[str, str]], message: str) -> None:
    chain = " → ".join(f"{entity}.{relation}" for entity, relation in circle)
    entity, relation = circle[0]
    path = ("entities", entity, "relations", relation)
    context.error(path, "cycle", f"{message} ({chain} → {entity}).", at_key=True)


def _circles(graph: _Graph) -> list[list[tuple[str, str]]]:
    """One circle for each group of entities that lead to one another, as (entity, relation)."""
    found: list[list[tuple[str, str]]] = []
    finished: set[str] = set()
    for start in graph:
        if start in finished:
            continue
        trail: list[tuple[str, str]] = []
        places: dict[str, int] = {}
        stack = [(start, iter(graph[start].items()))]
        places[start] = 0
        while stack:
            entity, relations = stack[-1]
            step = next(relations, None)
            if step is None:
                stack.pop()
                finished.add(entity)
                places.pop(entity)
                if trail:
                    trail.pop()
                continue
            relation, target = step
            if target in places:
                found.append([*trail[places[target] :], (entity, relation)])
            elif target not in finished and target in graph:
                places[target] = len(trail) + 1
                trail.append((entity, relation))
                stack.append((target, iter(graph[target].items())))
    return found
