"""What two Blueprints have in common, apart from wording and order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local_engine.generator.blueprint import Blueprint
from local_engine.generator.blueprint.model import Entity, ToOne

SAME_THING = {
    "Article": "Post",
    "Animal": "Pet",
    "Group": "Community",
    "Booking": "Reservation",
    "Vendor": "Supplier",
    "Organization": "Organisation",
}
"""Names that paraphrases use for the things of the examples."""
_WORDS = {name.lower(): other.lower() for name, other in SAME_THING.items()}


def aspects(blueprint: Blueprint) -> dict[str, Any]:
    """Entities with ownership, fields, access, rules and states; operations and the like."""
    found: dict[str, Any] = {
        "operations": sorted(blueprint.operations),
        "reports": sorted(blueprint.reports),
        "feeds": len(blueprint.feeds),
        "emails": len(blueprint.emails),
        "tenancy": blueprint.tenancy is not None,
        "roles": _sorted(blueprint.accounts.roles),
        "sign_up": blueprint.accounts.sign_up,
    }
    for name, entity in blueprint.entities.items():
        found[SAME_THING.get(name, name)] = _entity(entity)
    return found


def _entity(entity: Entity) -> dict[str, Any]:
    states = entity.states
    return {
        "owned": entity.owner is not None,
        "part of": _same(entity.part_of or ""),
        "fields": sorted((name, field.type) for name, field in entity.fields.items()),
        "refers to": sorted(
            SAME_THING.get(relation.to, relation.to)
            for relation in entity.relations.values()
            if isinstance(relation, ToOne)
        ),
        "access": {
            action: _sorted(getattr(entity.access, action) or ())
            for action in ("list", "read", "create", "update", "delete")
        },
        "rules": sorted(type(rule).__name__ for rule in entity.rules),
        "transitions": sorted(
            (tuple(sorted(move.from_)), move.to, tuple(_sorted(move.by or ())))
            for move in (states.transitions.values() if states else ())
        ),
        "append only": entity.append_only,
    }


def _sorted(words: Iterable[str]) -> list[str]:
    return sorted(_same(word) for word in words)


def _same(text: str) -> str:
    for word, other in _WORDS.items():
        text = text.replace(word, other)
    return text
