"""Lists leak nothing: whatever they are narrowed or ordered by, hidden rows stay hidden."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from urllib.parse import urlencode

from local_engine.generator.blueprint.resolved import Entity, FieldType
from local_engine.verification.checks import Check, NotApplicable
from local_engine.verification.context import Context
from local_engine.verification.groups.access.requests import collection_of
from local_engine.verification.model.scope import View
from local_engine.verification.model.sketch import build
from local_engine.verification.model.staging import attempt, staging_of
from local_engine.verification.model.store import Row
from local_engine.verification.model.values import show
from local_engine.verification.routes import snake


def checks(entity: Entity) -> Iterator[Check]:
    """The check of one entity's list."""
    if "list" in entity.actions:
        yield Check(
            f"access.leak.{snake(entity.name)}",
            f"Filters, search and order of the list of {entity.name} tell nobody of rows that "
            "are hidden from it.",
            partial(_leaks, entity),
        )


def _leaks(entity: Entity, context: Context) -> None:
    staging = staging_of(context)
    scene = staging.scene(entity, None)
    world = staging.world
    row = world.model.store.find(entity.name, scene.row)
    assert row is not None
    collection = collection_of(world.maker(), scene)
    asked = 0
    for actor in scene.actors.values():
        plain = build("GET", f"{collection}?limit=100", actor)
        if world.judge(actor).readable(row) or not world.model.decide(plain).allowed:
            continue
        for query in queries(entity, world.model.view, row):
            asked += 1
            attempt(context, staging, build("GET", f"{collection}?limit=100&{query}", actor))
    if not asked:
        raise NotApplicable("whoever may list the rows may read them all")


def queries(entity: Entity, view: View, row: Row) -> Iterator[str]:
    """Parameters that find exactly this row, for one who may see it."""
    for name in entity.to_one:
        if row.values.get(name) is not None:
            yield urlencode({f"{name}_id": row.values[name]})
    if entity.states:
        yield urlencode({entity.states.field: row.values[entity.states.field]})
    for declared in entity.fields.values():
        value = view.get(row, declared.name)
        if value is None or declared.type is FieldType.FILE:
            continue
        text = str(show(declared, value))
        if declared.filter:
            yield urlencode({declared.name: text.lower() if isinstance(value, bool) else text})
        if declared.search:
            yield urlencode({"q": text.split()[-1]})
        if declared.sort:
            yield urlencode({"sort": f"-{declared.name}"})
