"""Keys of bodies that an actor may not send, and fields that it may not see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from local_engine.generator.blueprint.resolved import Application, Entity, Field, FieldType
from local_engine.verification import expect
from local_engine.verification.actors import Actor
from local_engine.verification.checks import Check, CheckFailed, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.access.hidden import random_id
from local_engine.verification.groups.access.requests import by_creator, collection_of, path_of
from local_engine.verification.http import Exchange
from local_engine.verification.model.attempts import Attempt
from local_engine.verification.model.maker import Maker
from local_engine.verification.model.scenes import Scene
from local_engine.verification.model.sketch import build, if_match
from local_engine.verification.model.stage import translated
from local_engine.verification.model.staging import Staging, attempt, staging_of
from local_engine.verification.model.store import Row
from local_engine.verification.routes import snake

SYSTEM = {"id": "uuid", "version": 99, "created_at": "2020-01-01T00:00:00Z"}


def checks(application: Application, entity: Entity) -> Iterator[Check]:
    """The checks about the keys of one entity."""
    name = snake(entity.name)
    if {"create", "update"} & set(entity.actions):
        for key, words in settled_keys(application, entity).items():
            yield Check(
                f"access.body.{name}.{key}",
                f"Nobody sets {key} of a {entity.name} by a body: it is {words}.",
                partial(_settled, entity, key),
            )
    for declared in entity.fields.values():
        field_name = f"{name}.{declared.name}"
        if declared.editable_by is not None and {"create", "update"} & set(entity.actions):
            yield Check(
                f"access.editable.{field_name}",
                f"Only who may edit {declared.name} of a {entity.name} can send it.",
                partial(_editable, entity, declared),
            )
        if declared.private and declared.type is not FieldType.FILE:
            yield Check(
                f"access.private.{field_name}",
                f"{declared.name} of a {entity.name} is in no answer.",
                partial(_private, entity, declared),
            )


def settled_keys(application: Application, entity: Entity) -> dict[str, str]:
    """Keys that no body may have, each with what it is."""
    keys = dict.fromkeys(SYSTEM, "the service's own")
    if entity.states:
        keys[entity.states.field] = "the state"
    if entity.tenanted and application.tenancy:
        keys[f"{application.tenancy.relation}_id"] = "the tenant"
    if entity.owner:
        keys[f"{entity.owner}_id"] = "the owner"
    if entity.part_of:
        keys[f"{entity.part_of}_id"] = "the whole that it is a part of"
    for declared in entity.fields.values():
        if declared.derived:
            keys[declared.name] = "derived"
        elif declared.computed is not None:
            keys[declared.name] = "computed"
        elif declared.copied_from:
            keys[declared.name] = "copied"
    return keys


def _settled(entity: Entity, key: str, context: Context) -> None:
    staging = staging_of(context)
    scene = staging.scene(entity, None)
    if "create" in entity.actions:
        attempt_, ids = staging.world.perform(lambda maker: by_creator(maker, scene))
        value = _value(context, staging, entity, key, scene)
        sent = translated(attempt_.having(**{key: value}).request(), ids)
        expect.names_field(attempt(context, staging, sent), key)
    if "update" not in entity.actions:
        return
    maker = staging.world.maker()
    able = next(maker.able(maker.sketch.row(entity.name, scene.row), "update"), None)
    if able is None:
        return
    row = maker.sketch.row(entity.name, scene.row)
    body = {key: _value(context, staging, entity, key, scene)}
    request = build("PATCH", path_of(maker, scene), able, body, if_match(entity, row))
    expect.names_field(attempt(context, staging, staging.world.stage.up_to_date(request)), key)


def _value(context: Context, staging: Staging, entity: Entity, key: str, scene: Scene) -> Any:
    """A value that would do harm if it were taken."""
    if key == "id":
        return random_id(context, entity.name)
    if key in SYSTEM:
        return SYSTEM[key]
    row = staging.world.model.store.find(entity.name, scene.row)
    assert row is not None
    if entity.states and key == entity.states.field:
        return next(
            (one for one in entity.states.values if one != row.values[key]), row.values[key]
        )
    if key.endswith("_id"):
        return _another(context, staging, entity, key, row)
    declared = entity.fields[key]
    return staging.world.candidates.value(entity.name, _free(declared))


def _free(declared: Field) -> Field:
    return replace(declared, derived=None, computed=None, copied_from=None)


def _another(context: Context, staging: Staging, entity: Entity, key: str, row: Row) -> str:
    """The id of another row that the relation could lead to."""
    relation = entity.to_one[key.removesuffix("_id")]
    present = row.values.get(relation.name)
    for other in staging.world.model.store.rows(relation.to):
        if other.id != present:
            return other.id
    return random_id(context, key)


def _editable(entity: Entity, declared: Field, context: Context) -> None:
    staging = staging_of(context)
    scene = staging.scene(entity, None)
    value = staging.world.candidates.value(entity.name, declared)
    if "create" in entity.actions:
        planned, ids = staging.world.perform(lambda maker: by_creator(maker, scene))
        request = translated(planned.having(**{declared.name: value}).request(), ids)
        attempt(context, staging, request)
    if "update" not in entity.actions or declared.immutable:
        return
    for actor in scene.actors.values():
        maker = staging.world.maker()
        row = maker.sketch.row(entity.name, scene.row)
        if maker.judge(actor).may("update", row):
            path, body = path_of(maker, scene), {declared.name: value}
            request = build("PATCH", path, actor, body, if_match(entity, row))
            attempt(context, staging, request)


def _private(entity: Entity, declared: Field, context: Context) -> None:
    staging = staging_of(context)
    scene = staging.scene(entity, None)
    value = staging.world.candidates.value(entity.name, declared)
    planned, ids = staging.world.perform(lambda maker: _with(maker, scene, declared, value))
    made = attempt(context, staging, translated(planned.request(), ids))
    if made.status >= 400:
        raise SetUpFailed(f"no {entity.name} with {declared.name}: {made}", (made,))
    maker = staging.world.maker()
    newer = Scene(entity, made.json["id"], scene.actors, scene.creator, scene.values)
    exchanges = [made]
    for actor in scene.actors.values():
        for target in (path_of(maker, newer), collection_of(maker, newer)):
            if _exists(entity, target):
                exchanges.append(attempt(context, staging, build("GET", target, actor)))
    for exchange in exchanges:
        _never_shows(exchange, declared, value)
    _no_parameter(context, staging, collection_of(maker, newer), declared, scene.creator)


def _exists(entity: Entity, target: str) -> bool:
    return ("list" if target.endswith(entity.segment) else "read") in entity.actions


def _with(maker: Maker, scene: Scene, declared: Field, value: Any) -> Attempt:
    return by_creator(maker, scene).having(**{declared.name: value})


def _never_shows(exchange: Exchange, declared: Field, value: Any) -> None:
    telling = isinstance(value, str) and len(value) >= 6 and value in exchange.text
    if telling or f'"{declared.name}"' in exchange.text:
        raise CheckFailed(
            f"an answer without {declared.name}",
            f"{declared.name} is in the answer",
            (exchange,),
            claim=f"{declared.name!r} not in answer.text",
        )


def _no_parameter(
    context: Context, staging: Staging, collection: str, declared: Field, actor: Actor
) -> None:
    """Lists can be narrowed and ordered by no private field."""
    row_reader = actor if actor.id else staging.world.cast["user"]
    for query in (f"{declared.name}=x", f"sort={declared.name}"):
        request = build("GET", f"{collection}?{query}", row_reader)
        expected = staging.world.model.decide(request)
        if expected.statuses == {422}:
            attempt(context, staging, request)
