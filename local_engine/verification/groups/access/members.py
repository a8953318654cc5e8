"""People who are added by their e-mail address: added, and told of to nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from local_engine.generator.blueprint.resolved import Application, Entity
from local_engine.verification import expect
from local_engine.verification.actors import Actor
from local_engine.verification.checks import Check, NotApplicable
from local_engine.verification.context import Context
from local_engine.verification.groups.access.hidden import alike
from local_engine.verification.groups.access.requests import by_creator
from local_engine.verification.model.attempts import Attempt
from local_engine.verification.model.sketch import build
from local_engine.verification.model.stage import translated
from local_engine.verification.model.staging import Staging, attempt, staging_of
from local_engine.verification.routes import snake

NOBODY = "nobody.at.all@example.com"


def checks(application: Application, entity: Entity) -> Iterator[Check]:
    """The checks of an entity whose rows say who is a member."""
    relation = application.added_by_email(entity)
    if relation is None or "create" not in entity.actions:
        return
    name = snake(entity.name)
    yield Check(
        f"access.by_email.{name}",
        f"A {entity.name} is made for the account with an e-mail address, and for no other.",
        partial(_added, entity, relation),
    )
    yield Check(
        f"access.by_email.{name}.hidden",
        f"Who may not make a {entity.name} learns nothing of e-mail addresses by trying.",
        partial(_hidden, entity, relation),
    )


def _planned(staging: Staging, entity: Entity, relation: str) -> tuple[Attempt, Actor]:
    """A new membership as it would be made, and who becomes a member by it."""
    scene = staging.scene(entity, None)
    planned, ids = staging.world.perform(lambda maker: by_creator(maker, scene))
    request = translated(planned.request(), ids)
    ready = replace(planned, target=request.target, body=json.loads(request.body))
    return ready, staging.world.cast.named(ready.body[f"{relation}_id"])


def _added(entity: Entity, relation: str, context: Context) -> None:
    staging = staging_of(context)
    planned, person = _planned(staging, entity, relation)
    key = f"{relation}_email"
    nobody = planned.without(f"{relation}_id").having(**{key: NOBODY})
    expect.names_field(attempt(context, staging, nobody.request()), key)
    both = planned.having(**{key: person.email})
    expect.names_field(attempt(context, staging, both.request()), key)
    garbage = planned.without(f"{relation}_id").having(**{key: "no address"})
    expect.names_field(attempt(context, staging, garbage.request()), key)
    address = person.email.upper().replace("@EXAMPLE", "@example")
    named = planned.without(f"{relation}_id").having(**{key: address})
    added = attempt(context, staging, named.request())
    expect.status_is(added, 201)
    found = (added.json or {}).get(f"{relation}_id")
    expect.holds(found == person.id, f"{relation}_id {person.id}", str(found), added)


def _hidden(entity: Entity, relation: str, context: Context) -> None:
    staging = staging_of(context)
    planned, person = _planned(staging, entity, relation)
    body = planned.without(f"{relation}_id").body
    tried = False
    for actor in staging.scene(entity, None).actors.values():
        key = f"{relation}_email"
        unknown = build(planned.method, planned.target, actor, {**body, key: NOBODY})
        first = attempt(context, staging, unknown)
        if first.status not in (403, 404):
            continue
        known = build(planned.method, planned.target, actor, {**body, key: person.email})
        alike(first, attempt(context, staging, known))
        tried = True
    if not tried:
        raise NotApplicable(f"whoever is signed in may make a {entity.name}")
