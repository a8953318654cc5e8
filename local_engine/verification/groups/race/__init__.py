"""Race: requests at once have the result of some order of them, whatever they contend for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from local_engine.generator.blueprint.resolved import (
    Application,
    AtMost,
    Entity,
    NoOverlap,
    Operation,
    Unique,
)
from local_engine.verification import expect
from local_engine.verification.checks import Check, CheckFailed, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.model.operations import prepared
from local_engine.verification.groups.model.trying import Trial
from local_engine.verification.groups.race import planning
from local_engine.verification.groups.race.contest import contend, count_rows, held
from local_engine.verification.groups.race.last_admin import step_back_at_once
from local_engine.verification.http import Request
from local_engine.verification.model.maker import Maker
from local_engine.verification.model.rules import never_below_id, rules_of
from local_engine.verification.model.stage import translated
from local_engine.verification.model.words import with_articles
from local_engine.verification.registry import Group
from local_engine.verification.routes import snake

Plan = Callable[[Maker, int], list[Request]]


def checks(application: Application) -> Iterator[Check]:
    """The checks of this group."""
    yield from with_articles(_checks(application))


def _checks(application: Application) -> Iterator[Check]:
    for entity in application.own_entities:
        if "create" in entity.actions:
            yield from _rules(entity)
            yield from _sums(application, entity)
            yield _once(
                f"idempotency.{snake(entity.name)}",
                f"the same creation of a {entity.name}",
                partial(_creation, entity),
            )
        yield from _transitions(entity)
        yield from _sinking(application, entity)
    for operation in application.operations.values():
        if not operation.code:
            yield from _operations(operation)
    yield Check(
        "race.last_admin",
        "Of the last two admins, who give the role up at once, one stays an admin.",
        step_back_at_once,
    )


def _contest(identity: str, sentence: str, plan: Plan) -> Check:
    return Check(f"race.{identity}", sentence, partial(_run, plan))


def _run(plan: Plan, context: Context) -> None:
    """First two requests that are held until both have written, then some just at once."""
    trial = Trial(context)
    for forced, count in ((True, 2), (False, planning.CONTENDERS)):
        requests, ids = trial.world.perform(partial(_planned, plan, count))
        contend(trial, [translated(request, ids) for request in requests], forced=forced)


def _planned(plan: Plan, count: int, maker: Maker) -> list[Request]:
    return plan(maker, count)


def _rules(entity: Entity) -> Iterator[Check]:
    for rule in rules_of(entity):
        if isinstance(rule, Unique):
            yield _contest(
                f"unique.{rule.id}",
                f"Of equal {entity.name} rows created at once, one is stored.",
                partial(planning.unique, entity, rule),
            )
        elif isinstance(rule, AtMost):
            yield _contest(
                f"at_most.{rule.id}",
                f"Of several {entity.name} rows created at once, the last place goes to one.",
                partial(planning.last_places, entity, rule),
            )
        elif isinstance(rule, NoOverlap):
            yield _contest(
                f"no_overlap.{rule.id}",
                f"Of several {entity.name} rows for the same time created at once, one is stored.",
                partial(planning.same_time, entity),
            )


def _sums(application: Application, entity: Entity) -> Iterator[Check]:
    """Values derived from rows of this entity."""
    for other in application.own_entities:
        for declared in other.fields.values():
            if declared.derived and other.to_many[declared.derived.many].of == entity.name:
                inverse = other.to_many[declared.derived.many].inverse
                yield _contest(
                    f"derived.{snake(other.name)}.{declared.name}",
                    f"{declared.name} of a {other.name} stays right when several {entity.name} "
                    "rows are created at once.",
                    partial(planning.siblings, other, entity, inverse),
                )


def _transitions(entity: Entity) -> Iterator[Check]:
    for name, transition in entity.states.transitions.items() if entity.states else ():
        identity = f"{snake(entity.name)}.{name}"
        if transition.target not in transition.sources:
            yield _contest(
                f"state.{identity}",
                f"{name} of a {entity.name}, asked for several times at once, happens once.",
                partial(planning.transition, entity, transition.sources[0], name),
            )
        for effect in planning.decreases(transition.effects):
            yield _contest(
                f"stock.{identity}.{snake(effect.entity)}.{effect.field}",
                f"{name} of several {entity.name} rows at once takes no more from {effect.field} "
                f"of a {effect.entity} than there is.",
                partial(planning.last_of_stock, entity, name, effect),
            )


def _sinking(application: Application, entity: Entity) -> Iterator[Check]:
    for declared in entity.fields.values():
        if declared.never_below is not None:
            rule = never_below_id(entity, declared.name)
            yield _contest(
                f"never_below.{rule}",
                f"{declared.name} of a {entity.name} is not brought below "
                f"{declared.never_below} by requests at once.",
                partial(planning.exhausting_any, application, rule),
            )


def _operations(operation: Operation) -> Iterator[Check]:
    for effect in planning.decreases(operation.effects):
        yield _contest(
            f"stock.{operation.name}.{snake(effect.entity)}.{effect.field}",
            f"{operation.name} several times at once takes no more from {effect.field} of a "
            f"{effect.entity} than there is.",
            partial(planning.exhausting, operation, planning.minimum_rule(effect), effect),
        )
    yield _contest(
        f"operation.{operation.name}",
        f"{operation.name} several times at once has the effects of doing it one after another.",
        partial(planning.repeated, operation),
    )
    yield _once(f"idempotency.{operation.name}", operation.name, partial(_operation, operation))


def _creation(entity: Entity, maker: Maker) -> Request:
    return maker.prepare(entity.name).request()


def _operation(operation: Operation, maker: Maker) -> Request:
    return prepared(operation, maker).request()


def _once(identity: str, what: str, plan: Callable[[Maker], Request]) -> Check:
    return Check(
        f"race.{identity}",
        f"{what[0].upper()}{what[1:]} with the same Idempotency-Key, sent several times at once, "
        "is done once.",
        partial(_same_key, plan),
    )


def _same_key(plan: Callable[[Maker], Request], context: Context) -> None:
    trial = Trial(context)
    planned = trial.request(plan)
    if not planned.actor.id:
        raise SetUpFailed("this is done by anonymous requests")
    kept = tuple(pair for pair in planned.headers if pair[0] != "Idempotency-Key")
    key = ("Idempotency-Key", trial.world.candidates.token())
    request = Request(planned.method, planned.target, (*kept, key), planned.body, planned.actor)
    expected = trial.world.model.decide(request)
    exchanges = held(trial, [request] * planning.CONTENDERS)
    done = [exchange for exchange in exchanges if exchange.status < 400]
    for exchange in exchanges:
        if exchange not in done:
            expect.status_is(exchange, 409, why="the first is still being carried out")
            wait = exchange.header("retry-after")
            expect.holds(wait == "1", "Retry-After: 1 while it is carried out", wait, exchange)
    if not done or any(exchange.json != done[0].json for exchange in done):
        told = ", ".join(exchange.text[:80] for exchange in done)
        raise CheckFailed("one and the same answer for all that succeed", told, exchanges)
    trial.world.model.accept(expected, done[0].json, done[0].header("etag"))
    trial.world.stage.writes += 1
    count_rows(trial, exchanges)


GROUP = Group("race", "Requests at once have the result of some order of them", checks)
