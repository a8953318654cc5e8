"""The structure of an application as comparable facts: what an import should find again."""

from __future__ import annotations

from typing import Any

from local_engine.generator.blueprint import Application
from local_engine.generator.blueprint.resolved import Entity, Field, LiteralDefault

_FIELD_FACTS = (
    "type",
    "optional",
    "unique",
    "minimum",
    "maximum",
    "allowed",
    "pattern",
    "values",
    "places",
    "nonzero",
)
_RELATION_FACTS = ("to", "optional", "unique", "on_delete")


def structure(application: Application) -> dict[str, Any]:
    """Facts by path: `Post.title.type` is `string`. States are the enums that they are stored as.

    To-many relations have no place of their own in what is stored, so they are not facts.
    """
    facts: dict[str, Any] = {}
    for entity in application.entities.values():
        facts[entity.name] = "entity"
        for field in entity.fields.values():
            facts |= _field_facts(entity, field)
        if entity.states is not None:
            base = f"{entity.name}.{entity.states.field}"
            facts |= {f"{base}.type": "enum", f"{base}.values": entity.states.values}
            facts |= {f"{base}.default": entity.states.initial}
        for relation in entity.to_one.values():
            for name in _RELATION_FACTS:
                facts[f"{entity.name}.{relation.name}.{name}"] = str(getattr(relation, name))
        for links in entity.links.values():
            facts[f"{entity.name}.{links.name}.links"] = links.to
    return facts


def _field_facts(entity: Entity, field: Field) -> dict[str, Any]:
    base = f"{entity.name}.{field.name}"
    facts = {f"{base}.{name}": getattr(field, name) for name in _FIELD_FACTS}
    if isinstance(field.default, LiteralDefault):
        facts[f"{base}.default"] = field.default.value
    elif field.default is not None:
        facts[f"{base}.default"] = type(field.default).__name__
    facts[f"{base}.computed"] = field.computed.text if field.computed else None
    return {path: value for path, value in facts.items() if value is not None and value != ()}


def lost(before: Application, after: Application) -> dict[str, tuple[Any, Any]]:
    """What the first says that the second does not say: the paths with both values."""
    found = structure(after)
    return {
        path: (value, found.get(path))
        for path, value in structure(before).items()
        if found.get(path) != value
    }
