"""What an actor may not read does not exist for it: by its id, below another row, or in a body."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from functools import partial
from typing import Any

from local_engine.generator.blueprint.resolved import USER, Application, Entity, RefAccess, RefInput
from local_engine.verification import expect
from local_engine.verification.actors import Actor
from local_engine.verification.checks import Check, CheckFailed, NotApplicable
from local_engine.verification.context import Context
from local_engine.verification.groups.access.requests import (
    by_creator,
    change_for,
    path_of,
    row_of,
)
from local_engine.verification.http import Exchange
from local_engine.verification.model import operating
from local_engine.verification.model.attempts import Attempt, Slot, row_slots
from local_engine.verification.model.maker import Maker
from local_engine.verification.model.memberships import FOREIGN_OWNER, make_foreign
from local_engine.verification.model.paths import collection_path
from local_engine.verification.model.scenes import Scene
from local_engine.verification.model.sketch import build, if_match
from local_engine.verification.model.stage import translated
from local_engine.verification.model.staging import Staging, attempt, staging_of
from local_engine.verification.model.store import Row
from local_engine.verification.routes import snake
from local_engine.verification.world import CannotMake

VOLATILE = ("request_id", "instance", "timestamp")


def checks(entity: Entity) -> Iterator[Check]:
    """The checks about hidden rows of one entity."""
    name = snake(entity.name)
    if "read" in entity.actions:
        yield Check(
            f"access.hidden.{name}",
            f"A {entity.name} that an actor may not read is answered like one that never was.",
            partial(_hidden, entity),
        )
    if entity.part_of and {"read", "update", "delete"} & set(entity.actions):
        yield Check(
            f"access.elsewhere.{name}",
            f"A {entity.name} is not found below a row that it is no part of.",
            partial(_elsewhere, entity),
        )
    for slot in row_slots(entity):
        if "create" in entity.actions and slot.entity not in ("", USER):
            yield Check(
                f"access.reference.{name}.{slot.name}",
                f"A new {entity.name} cannot refer by {slot.key} to a row that its author may "
                "not read; the answer is that for a row which does not exist.",
                partial(_reference, entity, slot),
            )


def operation_checks(application: Application) -> Iterator[Check]:
    """The checks about rows that the inputs of operations name."""
    for operation in application.operations.values():
        for item in operation.inputs:
            if isinstance(item, RefInput) and item.access is not RefAccess.ANY:
                yield Check(
                    f"access.reference.{operation.name}.{item.name}",
                    f"{operation.name} takes no {item.name} that its caller may not use; the "
                    "answer is that for a row which does not exist.",
                    partial(_input_reference, operation.name, item.name),
                )


def _hidden(entity: Entity, context: Context) -> None:
    staging = staging_of(context)
    scene = staging.scene(entity, None)
    row = staging.world.model.store.find(entity.name, scene.row)
    assert row is not None
    for actor in scene.actors.values():
        judge = staging.world.judge(actor)
        if actor.id and not judge.readable(row):
            _same_as_missing(context, staging, scene, actor)
            return
    raise NotApplicable(f"everybody who is signed in may read a {entity.name}")


def _same_as_missing(context: Context, staging: Staging, scene: Scene, actor: Actor) -> None:
    maker = staging.world.maker()
    path = path_of(maker, scene)
    missing = f"{path.rpartition('/')[0]}/{random_id(context, path)}"
    body = change_for(maker, row_of(maker, scene), actor)
    headers = if_match(scene.entity, row_of(maker, scene))
    for method, action, content in (
        ("GET", "read", ...),
        ("PATCH", "update", body),
        ("DELETE", "delete", ...),
    ):
        if action not in scene.entity.actions:
            continue
        there = attempt(context, staging, build(method, path, actor, content, headers))
        gone = attempt(context, staging, build(method, missing, actor, content, headers))
        alike(there, gone)


def random_id(context: Context, *names: str) -> str:
    """An id that no row has."""
    return str(uuid.UUID(int=context.random(*names).getrandbits(128), version=4))


def alike(there: Exchange, gone: Exchange) -> None:
    """Both are answered the same; otherwise the difference tells that the row exists."""
    found, wanted = _stable(there.json), _stable(gone.json)
    if there.status != gone.status or found != wanted:
        raise CheckFailed(
            f"the answer that a row gets which does not exist ({gone.status} {wanted})",
            f"{there.status} {found}",
            (gone, there),
            claim=f"answer.status_code == {gone.status}",
        )


def _stable(document: Any) -> Any:
    if not isinstance(document, dict):
        return document
    return {key: value for key, value in document.items() if key not in VOLATILE}


def _elsewhere(entity: Entity, context: Context) -> None:
    staging = staging_of(context)
    scene = staging.scene(entity, None)
    assert entity.part_of is not None
    above = entity.to_one[entity.part_of].to
    row = staging.world.model.store.find(entity.name, scene.row)
    assert row is not None
    actor = staging.world.reader(row)
    if actor is None:
        raise NotApplicable(f"nobody may read a {entity.name}")

    def plan(maker: Maker) -> str:
        parent = _other_whole(maker, above, actor, row)
        path = collection_path(maker.sketch.model.view, entity, None, parent)
        return f"{path}/{scene.row}"

    planned, ids = staging.world.perform(plan)
    path = planned
    for old, new in ids.items():
        path = path.replace(old, new)
    for method, action in (("GET", "read"), ("PATCH", "update"), ("DELETE", "delete")):
        if action in entity.actions:
            content: Any = {} if method == "PATCH" else ...
            exchange = attempt(context, staging, build(method, path, actor, content))
            expect.status_is(exchange, 404)


def _other_whole(maker: Maker, entity: str, actor: Actor, part: Row) -> Row:
    """A row of the kind that the part is in, but another one. Raises NotApplicable."""
    try:
        return maker.make(entity, {}, actor)
    except CannotMake:
        own = maker.judge(actor).parent(part)
        for row in maker.able_rows(entity, actor):
            if own is None or row.id != own.id:
                return row
    raise NotApplicable(f"there can be no second {entity} for the same actor")


def _reference(entity: Entity, slot: Slot, context: Context) -> None:
    staging = staging_of(context)
    scene = staging.scene(entity, None)

    def plan(maker: Maker) -> tuple[Attempt, str]:
        creation = by_creator(maker, scene)
        return creation, unreadable(maker, slot.entity, creation.actor)

    (creation, target), ids = staging.world.perform(plan)
    _both_refused(context, staging, creation, slot.key, ids.get(target, target), ids)


def unreadable(maker: Maker, entity: str, actor: Actor) -> str:
    """Plan a row that this actor may not read, and give its id. Raises NotApplicable."""
    tenancy = maker.application.tenancy
    declared = maker.application.entities[entity]
    if reads_all(maker, declared, actor):
        raise NotApplicable(f"whoever may do this may read every {entity}")
    values: dict[str, Any] = {}
    makers = [one for one in maker.cast.everybody() if one.id != actor.id]
    if tenancy and declared.tenanted:
        values = {tenancy.relation: make_foreign(maker, tenancy).id}
        makers = [maker.cast[FOREIGN_OWNER]]
    for one in makers:
        mark = maker.sketch.mark()
        try:
            row = maker.make(entity, values, one, only=True)
        except CannotMake:
            maker.sketch.back_to(mark)
            continue
        if not maker.judge(actor).readable(row):
            return row.id
        maker.sketch.back_to(mark)
    raise NotApplicable(f"whoever may do this may read every {entity}")


def reads_all(maker: Maker, entity: Entity, actor: Actor) -> bool:
    """Whether the actor may read all rows of an entity, whatever is in them."""
    judge = maker.judge(actor)
    if entity.tenanted or entity.part_of:
        return False
    return judge.admits(entity.access["read"], None)


def _both_refused(
    context: Context,
    staging: Staging,
    planned: Attempt,
    key: str,
    target: str,
    ids: dict[str, str],
) -> None:
    """A reference to a hidden row is refused exactly like one to a row that does not exist."""

    def sent(id_: str) -> Exchange:
        headers = dict(planned.headers)
        if "Idempotency-Key" in headers:
            headers["Idempotency-Key"] = staging.world.candidates.token()
        body = {**planned.body, key: id_}
        request = build("POST", planned.target, planned.actor, body, headers)
        return attempt(context, staging, translated(request, ids))

    gone, there = sent(random_id(context, key)), sent(target)
    expect.names_field(there, key, before=(gone,))
    alike(there, gone)


def _input_reference(operation_name: str, input_name: str, context: Context) -> None:
    staging = staging_of(context)
    operation = context.application.operations[operation_name]
    item = next(one for one in operation.inputs if one.name == input_name)
    assert isinstance(item, RefInput)

    def plan(maker: Maker) -> tuple[Attempt, str]:
        if operation.tenanted:
            maker.home_id()
        for actor in maker.actors(operation.access):
            entity = maker.application.entities[item.entity]
            if item.access is RefAccess.READ and reads_all(maker, entity, actor):
                continue
            mark = maker.sketch.mark()
            try:
                planned = operating.prepare_operation(maker, operation, actor)
                return planned, _not_for(maker, item, actor)
            except (CannotMake, NotApplicable):
                maker.sketch.back_to(mark)
        raise NotApplicable(f"whoever may do this may use every {item.entity}")

    (planned, target), ids = staging.world.perform(plan)
    _both_refused(context, staging, planned, f"{item.name}_id", ids.get(target, target), ids)


def _not_for(maker: Maker, item: RefInput, actor: Actor) -> str:
    """Plan a row that an input may not name: unreadable, or somebody else's."""
    if item.access is RefAccess.READ:
        return unreadable(maker, item.entity, actor)
    entity = maker.application.entities[item.entity]
    for one in maker.cast.everybody():
        mark = maker.sketch.mark()
        if one.id == actor.id:
            continue
        try:
            row = maker.make(item.entity, {}, one, only=True)
        except CannotMake:
            maker.sketch.back_to(mark)
            continue
        owner = maker.sketch.model.view.follow(row, entity.owner_path or ())
        if owner is None or owner.id != actor.id:
            return row.id
    raise NotApplicable(f"nobody else may own a {item.entity}")
