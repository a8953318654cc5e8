"""Rows: what is stored is what was sent, defaults and worked-out values are right and stay so."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from local_engine.generator.blueprint.resolved import Entity, Field
from local_engine.verification.checks import Check, NotApplicable, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.model.trying import Trial
from local_engine.verification.http import Request
from local_engine.verification.model import journeys
from local_engine.verification.model.attempts import Attempt, row_slots
from local_engine.verification.model.maker import Maker
from local_engine.verification.model.paths import row_path
from local_engine.verification.model.search import Search, succeeds
from local_engine.verification.model.sketch import build, if_match
from local_engine.verification.model.store import Row
from local_engine.verification.routes import snake
from local_engine.verification.world import CannotMake


def checks(entity: Entity) -> Iterator[Check]:
    """The checks of one entity's rows."""
    name = snake(entity.name)
    if "create" in entity.actions:
        yield Check(
            f"model.create.{name}",
            f"A new {entity.name} is as it was sent, with defaults and worked-out values.",
            partial(_create, entity),
        )
    if entity.upsert:
        yield Check(
            f"model.upsert.{name}",
            f"A {entity.name} that agrees with one in {' and '.join(entity.upsert)} replaces it.",
            partial(_upsert, entity),
        )
    if "update" in entity.actions:
        yield Check(
            f"model.update.{name}",
            f"A change of a {entity.name} changes what was sent and nothing else.",
            partial(_update, entity),
        )
        for key in _immutable(entity):
            yield Check(
                f"model.immutable.{name}.{key}",
                f"{key} of a {entity.name} stays as it was set at creation.",
                partial(_stays, entity, key),
            )
    for declared in entity.fields.values():
        if declared.derived:
            yield Check(
                f"model.derived.{name}.{declared.name}",
                f"{declared.name} of a {entity.name} follows its {declared.derived.many}.",
                partial(_derived, entity, declared),
            )
        elif declared.copied_from:
            yield Check(
                f"model.copied.{name}.{declared.name}",
                f"{declared.name} of a {entity.name} keeps what it was when the row was made.",
                partial(_copied, entity, declared),
            )


def _create(entity: Entity, context: Context) -> None:
    trial = Trial(context)
    full = trial.prepared(lambda maker: maker.prepare(entity.name))
    trial.allowed(full)
    least = trial.prepared(partial(_least, entity))
    trial.allowed(least)


def _least(entity: Entity, maker: Maker) -> Attempt:
    """The creation with nothing but what is required, or as near as the rules let it be."""
    attempt = maker.prepare(entity.name)
    for slot in attempt.slots:
        if slot.optional and slot.key in attempt.body:
            smaller = attempt.without(slot.key)
            if succeeds(maker.sketch.decide(smaller.request())):
                attempt = smaller
    return attempt


def _upsert(entity: Entity, context: Context) -> None:
    trial = Trial(context)
    exchange = trial.allowed(trial.prepared(lambda maker: maker.prepare(entity.name)))
    first = trial.row(entity.name, exchange.json["id"])
    creator = exchange.request.actor

    def again(maker: Maker) -> Attempt:
        names = [name for name in entity.upsert if name != entity.owner]
        values = {name: first.values[name] for name in names}
        search = Search(maker, goal=lambda expected: 200 in expected.statuses)
        return maker.prepare(entity.name, values, creator, only=True, search=search)

    trial.allowed(trial.prepared(again))


def _update(entity: Entity, context: Context) -> None:
    trial = Trial(context)
    row = trial.done(lambda maker: maker.make(entity.name))
    changed = 0
    for slot in row_slots(entity, changing=True):
        if slot.declared is None:
            continue
        request = change_of(trial, entity, row, slot.declared)
        if request is not None:
            trial.allowed(request)
            changed += 1
    if not changed:
        raise NotApplicable(f"no field of a {entity.name} can be changed by itself")


def change_of(trial: Trial, entity: Entity, row: Row, declared: Field) -> Request | None:
    """A change of one field that somebody may make."""
    maker = trial.world.maker()
    current = maker.sketch.row(entity.name, row.id)
    path, headers = row_path(maker.sketch.model.view, current), if_match(entity, current)
    for actor in maker.able(current, "update"):
        for value in maker.values_for(entity.name, declared, current.values.get(declared.name)):
            request = build("PATCH", path, actor, {declared.name: value}, headers)
            expected = maker.sketch.decide(request)
            if succeeds(expected) and expected.after.find(*current.key) != current:
                return request
    return None


def _immutable(entity: Entity) -> list[str]:
    """Keys that can be sent at creation, but not in a change."""
    first = {slot.key for slot in row_slots(entity)}
    later = {slot.key for slot in row_slots(entity, changing=True)}
    return sorted(first - later)


def _stays(entity: Entity, key: str, context: Context) -> None:
    trial = Trial(context)

    def plan(maker: Maker) -> Request:
        row = maker.make(entity.name)
        attempt = maker.prepare(entity.name)
        path, headers = row_path(maker.sketch.model.view, row), if_match(entity, row)
        value = attempt.body.get(key)
        for actor in maker.able(row, "update"):
            return build("PATCH", path, actor, {key: value}, headers)
        raise SetUpFailed(f"nobody may change a {entity.name}")

    trial.refused(trial.request(plan))


def _derived(entity: Entity, declared: Field, context: Context) -> None:
    trial = Trial(context)
    derived = declared.derived
    assert derived is not None
    many = entity.to_many[derived.many]
    row = trial.done(lambda maker: maker.make(entity.name))
    _look(trial, row)
    child: Row | None = None
    for _ in range(2):
        child = trial.done(lambda maker: maker.make(many.of, {many.inverse: row.id}))
        _look(trial, row)
    assert child is not None
    names = {path[-1] for part in (derived.value, derived.where) if part for path in part.paths()}
    for step in _steps(trial, child, names):
        trial.allowed(step)
        _look(trial, row)


def _look(trial: Trial, row: Row) -> None:
    """Read a row: it must be shown as the model has it."""
    current = trial.row(row.entity, row.id)
    reader = trial.world.reader(current)
    if reader is None:
        raise SetUpFailed(f"nobody may read a {row.entity}")
    trial.asked(build("GET", row_path(trial.world.model.view, current), reader))


def _steps(trial: Trial, child: Row, names: set[str]) -> Iterator[Request]:
    """Changes of a child that its whole may follow: of its values, its state, its existence."""
    entity = trial.world.application.entities[child.entity]
    for slot in row_slots(entity, changing=True) if "update" in entity.actions else ():
        if slot.declared is not None and slot.name in names:
            request = change_of(trial, entity, child, slot.declared)
            if request is not None:
                yield request
    if entity.states and entity.states.field in names:
        for name in entity.states.transitions:
            try:
                yield trial.prepared(partial(_transition, child, name))
            except CannotMake:
                continue
    if "delete" in entity.actions:
        maker = trial.world.maker()
        current = maker.sketch.row(child.entity, child.id)
        for actor in maker.able(current, "delete"):
            path, headers = row_path(maker.sketch.model.view, current), if_match(entity, current)
            request = build("DELETE", path, actor, headers=headers)
            if succeeds(maker.sketch.decide(request)):
                yield request
                return


def _transition(child: Row, name: str, maker: Maker) -> Attempt:
    for actor in journeys.transition_actors(maker, child, name):
        attempt = journeys.transition_attempt(maker, child, name, actor)
        found = Search(maker, left=100).find(attempt, 0)
        if found is not None:
            return found
    raise CannotMake(f"{name} is not possible now")


def _copied(entity: Entity, declared: Field, context: Context) -> None:
    trial = Trial(context)
    path = declared.copied_from or ()
    row = trial.done(lambda maker: maker.make(entity.name))
    _look(trial, row)
    source: Any = trial.world.model.view.follow(row, path[:-1])
    if not isinstance(source, Row):
        raise SetUpFailed(f"{'.'.join(path)} leads nowhere")
    origin = trial.world.application.entities[source.entity]
    field = origin.fields[path[-1]]
    request = None if field.read_only else change_of(trial, origin, source, field)
    if request is None:
        raise NotApplicable(f"nobody can change {'.'.join(path)} afterwards")
    trial.allowed(request)
    _look(trial, row)
