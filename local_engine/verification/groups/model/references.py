"""References: they lead where they may, and deleting what they lead to does what it should."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from local_engine.generator.blueprint.resolved import USER, Application, Entity, OnDelete, ToOne
from local_engine.verification import expect
from local_engine.verification.checks import Check, NotApplicable, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.model.trying import Trial
from local_engine.verification.http import Request
from local_engine.verification.model import journeys
from local_engine.verification.model.attempts import Attempt
from local_engine.verification.model.maker import Maker
from local_engine.verification.model.paths import row_path
from local_engine.verification.model.sketch import build, if_match
from local_engine.verification.model.stage import translated
from local_engine.verification.model.store import Row
from local_engine.verification.routes import kebab, snake
from local_engine.verification.world import CannotMake


def checks(application: Application, entity: Entity) -> Iterator[Check]:
    """The checks of one entity's relations."""
    name = snake(entity.name)
    for relation in entity.to_one.values():
        if relation.where is not None and "create" in entity.actions:
            yield Check(
                f"model.where.{name}.{relation.name}",
                f"{relation.name} of a {entity.name} is a row for which {relation.where.text}.",
                partial(_where, entity, relation),
            )
        if relation.same and "create" in entity.actions:
            yield Check(
                f"model.same.{name}.{relation.name}",
                f"{relation.name} of a {entity.name} has the same {'.'.join(relation.same)}.",
                partial(_same, entity, relation),
            )
        if relation.to != USER and "delete" in application.entities[relation.to].actions:
            yield Check(
                f"model.on_delete.{name}.{relation.name}",
                f"Deleting a {relation.to}: {_effect(entity, relation)}.",
                partial(_on_delete, entity, relation),
            )
    for links in entity.links.values():
        if "update" in entity.actions:
            yield Check(
                f"model.links.{name}.{links.name}",
                f"{links.name} of a {entity.name} are linked and unlinked, once or twice alike.",
                partial(_links, entity, links.name, links.to),
            )


def how(entity: Entity, relation: ToOne) -> OnDelete:
    """What becomes of a row when the one that it refers to is deleted."""
    whole = relation.name == entity.part_of or relation.implicit
    return OnDelete.CASCADE if whole else relation.on_delete


def _effect(entity: Entity, relation: ToOne) -> str:
    match how(entity, relation):
        case OnDelete.CASCADE:
            return f"each {entity.name} of it goes with it"
        case OnDelete.SET_NULL:
            return f"{relation.name} of each {entity.name} of it becomes null"
        case _:
            return f"it is refused while a {entity.name} refers to it"


def _where(entity: Entity, relation: ToOne, context: Context) -> None:
    trial = Trial(context)
    where = relation.where
    assert where is not None

    def plan(maker: Maker) -> Attempt:
        attempt = maker.prepare(entity.name)
        values = _tenant_values(maker, entity, relation, attempt)
        other = maker.make(relation.to, values, attempt.actor)
        if not journeys.settle(maker, other, where, False):
            raise SetUpFailed(f"no {relation.to} was found for which {where.text} is false")
        return attempt.having(**{f"{relation.name}_id": other.id})

    expect.names_field(trial.refused(trial.prepared(plan)), f"{relation.name}_id")


def _tenant_values(
    maker: Maker, entity: Entity, relation: ToOne, attempt: Attempt
) -> dict[str, Any]:
    """The tenant in which a creation takes place."""
    tenancy = maker.application.tenancy
    target = maker.application.entities[relation.to]
    if tenancy is None or not target.tenanted or not entity.tenanted:
        return {}
    for row in maker.sketch.model.store.rows(tenancy.tenant):
        if row.id in attempt.target:
            return {tenancy.relation: row.id}
    return {}


def _same(entity: Entity, relation: ToOne, context: Context) -> None:
    trial = Trial(context)
    path = relation.same or ()
    key = f"{relation.name}_id"

    def fitting(maker: Maker) -> Attempt:
        attempt = maker.prepare(entity.name)
        values = {path[0]: attempt.body[f"{path[0]}_id"]} if len(path) == 1 else {}
        other = maker.make(relation.to, values, attempt.actor)
        return attempt.having(**{key: other.id})

    def elsewhere(maker: Maker) -> Attempt:
        attempt = maker.prepare(entity.name)
        other = maker.make(relation.to, {}, attempt.actor)
        return attempt.having(**{key: other.id})

    trial.allowed(trial.prepared(fitting))
    expect.names_field(trial.refused(trial.prepared(elsewhere)), key)


def _on_delete(entity: Entity, relation: ToOne, context: Context) -> None:
    trial = Trial(context)

    def plan(maker: Maker) -> tuple[Row, Request]:
        target = _target(maker, relation)
        values = {relation.name: target.id}
        row = maker.make(entity.name, values)
        return row, _deletion(maker, target)

    (_, request), ids = trial.world.perform(plan)
    deletion = trial.world.stage.up_to_date(translated(request, ids))
    expected = trial.world.model.decide(deletion)
    if how(entity, relation) is OnDelete.RESTRICT:
        trial.refused(deletion)
    elif expected.allowed:
        trial.allowed(deletion)
    else:
        raise NotApplicable(f"something else is in the way as well: {expected}")


def _target(maker: Maker, relation: ToOne) -> Row:
    """The row that is to be deleted: a tenant of its own, where it is the tenant."""
    tenancy = maker.application.tenancy
    if tenancy and relation.to == tenancy.tenant:
        return maker.make(relation.to, {}, maker.cast["tenant:owner"], only=True)
    return maker.make(relation.to, condition=relation.where)


def _deletion(maker: Maker, row: Row) -> Request:
    entity = maker.application.entities[row.entity]
    current = maker.sketch.row(row.entity, row.id)
    path = row_path(maker.sketch.model.view, current)
    requests = [
        build("DELETE", path, actor, headers=if_match(entity, current))
        for actor in maker.able(current, "delete")
    ]
    if not requests:
        raise SetUpFailed(f"nobody may delete a {row.entity}")
    allowed = (one for one in requests if maker.sketch.decide(one).allowed)
    return next(allowed, requests[0])


def _links(entity: Entity, name: str, to: str, context: Context) -> None:
    trial = Trial(context)

    def plan(maker: Maker) -> tuple[str, Row, Any]:
        row = maker.make(entity.name)
        actor = next(maker.able(row, "update"), None)
        if actor is None:
            raise SetUpFailed(f"nobody may change a {entity.name}")
        tenancy = maker.application.tenancy
        tenanted = tenancy and maker.application.entities[to].tenanted and entity.tenanted
        values = {tenancy.relation: row.values[tenancy.relation]} if tenancy and tenanted else {}
        return (
            f"{row_path(maker.sketch.model.view, row)}/{kebab(name)}",
            maker.make(to, values, actor),
            actor,
        )

    try:
        (path, other, actor), ids = trial.world.perform(plan)
    except CannotMake as error:
        raise SetUpFailed(str(error)) from None
    for planned, real in ids.items():
        path = path.replace(planned, real)
    target = f"{path}/{ids.get(other.id, other.id)}"
    for method in ("PUT", "PUT", "DELETE", "DELETE", "PUT"):
        trial.allowed(build(method, target, actor))
        trial.asked(build("GET", path, actor))
