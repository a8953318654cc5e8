"""Mass assignment: keys that clients may not send are refused by name, never silently taken.

The values are ones that would do: a service that takes such keys refuses wrong values of them, too.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from local_engine.generator.blueprint.resolved import Application, Entity
from local_engine.verification.checks import Check, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.inputs.senders import (
    change_to,
    create_with,
    draft_of,
    existing,
    refused,
    sample_of,
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


def _likely(entity: Entity, context: Context) -> dict[str, Any]:
    """Values that a row of this kind could have: those of one that is there, but another owner."""
    try:
        likely = dict(sample_of(entity, context).body)
    except SetUpFailed:
        likely = {}  # no second row can come about, or nobody may read it
    if entity.owner:
        likely[f"{entity.owner}_id"] = context.world.actor("other").id
    return likely


def _value(key: str, likely: Mapping[str, Any]) -> Any:
    if likely.get(key) is not None:
        return likely[key]
    if key in ("version", "count"):
        return 99
    return str(uuid4()) if key == "id" or key.endswith("_id") or key == "user" else "x"


def _create(entity: Entity, forbidden: dict[str, str], context: Context) -> None:
    draft = draft_of(entity, context)
    likely = _likely(entity, context)
    for key in (*forbidden, *_UNKNOWN):
        what = f"it is {forbidden.get(key, 'unknown')}"
        refused(create_with(context, draft, key, _value(key, likely)), key, what)


def _update(entity: Entity, forbidden: dict[str, str], context: Context) -> None:
    likely = _likely(entity, context)
    row = existing(entity, context)
    fixed = {
        f"{relation.name}_id": "an immutable relation"
        for relation in entity.to_one.values()
        if relation.immutable
    }
    for key in (*forbidden, *fixed, *_UNKNOWN):
        what = f"it is {forbidden.get(key) or fixed.get(key, 'unknown')}"
        refused(change_to(context, row, key, _value(key, likely)), key, what)
    unchanged(context, row)
