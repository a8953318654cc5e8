"""Mass assignment: keys that clients may not send are refused by name, never silently taken."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import uuid4

from local_engine.generator.blueprint.resolved import Application, Entity
from local_engine.verification.checks import Check
from local_engine.verification.context import Context
from local_engine.verification.groups.inputs.senders import (
    change_to,
    create_with,
    draft_of,
    existing,
    refused,
    unchanged,
)
from local_engine.verification.shape import set_by_others

_UNKNOWN = ("no_such_key", "__proto__", "is_admin", "password_hash", "$where", "id ", "ID")


def checks(application: Application, entity: Entity) -> Iterator[Check]:
    """Checks of one entity."""
    name = entity.name.lower()
    forbidden = set_by_others(application, entity)
    for action, run in (("create", _create), ("update", _update)):
        if action not in entity.actions:
            continue
        yield Check(
            f"input.{action}.{name}.mass_assignment",
            f"What clients may not set is refused by name ({action} {entity.name}).",
            partial(run, entity, forbidden),
        )


def _value(key: str) -> Any:
    if key in ("version", "count"):
        return 99
    return str(uuid4()) if key == "id" or key.endswith("_id") or key == "user" else "x"


def _create(entity: Entity, forbidden: dict[str, str], context: Context) -> None:
    draft = draft_of(entity, context)
    for key in (*forbidden, *_UNKNOWN):
        what = f"it is {forbidden.get(key, 'unknown')}"
        refused(create_with(context, draft, key, _value(key)), key, what)


def _update(entity: Entity, forbidden: dict[str, str], context: Context) -> None:
    row = existing(entity, context)
    fixed = {
        f"{relation.name}_id": "an immutable relation"
        for relation in entity.to_one.values()
        if relation.immutable
    }
    for key in (*forbidden, *fixed, *_UNKNOWN):
        what = f"it is {forbidden.get(key) or fixed.get(key, 'unknown')}"
        refused(change_to(context, row, key, _value(key)), key, what)
    unchanged(context, row)
