"""Events for what was found, in the order in which a Blueprint grows."""

from __future__ import annotations

from local_engine.generator.planner.draft import Draft
from local_engine.generator.planner.events import (
    EntityFound,
    FieldFound,
    RelationFound,
    RuleFound,
    StatesFound,
)


def announce_entities(draft: Draft) -> None:
    """Tells of the entities."""
    for thing in draft.things.values():
        draft.emit(EntityFound(f"entities.{thing.name}", thing.name))
        if thing.span is not None and not thing.finished:
            draft.decide(f"entities.{thing.name}", "entity", thing.span)


def announce_contents(draft: Draft) -> None:
    """Tells of fields and relations."""
    for thing in draft.things.values():
        path = f"entities.{thing.name}"
        for name, facts in thing.fields.items():
            draft.emit(FieldFound(f"{path}.fields.{name}", thing.name, name, facts["type"]))
        for name, relation in thing.relations.items():
            target = relation.get("to") or relation.get("many") or relation["links"]
            draft.emit(RelationFound(f"{path}.relations.{name}", thing.name, name, target))


def announce_rules(draft: Draft) -> None:
    """Tells of states and rules."""
    for thing in draft.things.values():
        path = f"entities.{thing.name}"
        if thing.states:
            moves = thing.states["transitions"].values()
            names = dict.fromkeys([thing.states["initial"], *(move["to"] for move in moves)])
            draft.emit(StatesFound(f"{path}.states", thing.name, tuple(names)))
        for rule in thing.rules:
            draft.emit(RuleFound(f"{path}.rules", thing.name, next(iter(rule))))
