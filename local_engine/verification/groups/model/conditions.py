"""Conditions: checks, requirements, limits that effects meet, and when a row may be edited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from local_engine.generator.blueprint.resolved import (
    Adjust,
    Application,
    Each,
    EditableWhile,
    Effect,
    Entity,
)
from local_engine.generator.blueprint.resolved import (
    Check as CheckRule,
)
from local_engine.verification.checks import Check, NotApplicable, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.access.requests import change_for
from local_engine.verification.groups.model.exploring import (
    NothingBreaks,
    breaking,
    breaking_creation,
    change_attempt,
)
from local_engine.verification.groups.model.trying import Trial
from local_engine.verification.http import Request
from local_engine.verification.model import journeys
from local_engine.verification.model.attempts import Attempt
from local_engine.verification.model.maker import Maker
from local_engine.verification.model.paths import row_path
from local_engine.verification.model.rules import never_below_id
from local_engine.verification.model.search import Search, breaks
from local_engine.verification.model.sketch import build, if_match
from local_engine.verification.model.stage import translated
from local_engine.verification.model.store import Row
from local_engine.verification.routes import kebab, snake
from local_engine.verification.world import CannotMake

OUT_OF_REACH = 10**9


def checks(entity: Entity) -> Iterator[Check]:
    """The checks of one entity's conditions."""
    for rule in entity.rules:
        if isinstance(rule, CheckRule):
            yield Check(
                f"model.rule.{rule.id}",
                f"{entity.name} rows are only stored if {rule.expression.text}.",
                partial(_check, entity, rule),
            )
        elif isinstance(rule, EditableWhile):
            yield Check(
                f"model.rule.{rule.id}",
                f"A {entity.name} and what belongs to it is only changed while "
                f"{rule.expression.text}.",
                partial(_editable_while, entity, rule),
            )
    for declared in entity.fields.values():
        if declared.never_below is not None:
            rule_id = never_below_id(entity, declared.name)
            yield Check(
                f"model.rule.{rule_id}",
                f"{declared.name} of a {entity.name} is never below {declared.never_below}.",
                partial(_breaking, rule_id),
            )
    for transition in entity.states.transitions.values() if entity.states else ():
        for requirement in transition.requirements:
            yield Check(
                f"model.require.{requirement.id}",
                f"{transition.name} of a {entity.name} needs: {requirement.expression.text}.",
                partial(_breaking, requirement.id),
            )


def application_checks(application: Application) -> Iterator[Check]:
    """The checks of operations' requirements, and of limits that effects run into."""
    for operation in application.operations.values():
        for requirement in operation.requirements:
            yield Check(
                f"model.require.{requirement.id}",
                f"{operation.name} needs: {requirement.expression.text}.",
                partial(_breaking, requirement.id),
            )
    for rule_id in adjusted(application):
        yield Check(
            f"model.rule.{rule_id}",
            f"No effect brings {rule_id.rpartition('.')[0]} outside of its limits, and one that "
            "would leaves everything as it was.",
            partial(_limit, rule_id),
        )


def adjusted(application: Application) -> list[str]:
    """The ids of the limits that effects may run into."""
    found: dict[str, None] = {}

    def collect(effects: Iterable[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Each):
                collect(effect.effects)
            elif isinstance(effect, Adjust):
                field = application.entities[effect.entity].fields[effect.field]
                limit: Any = field.minimum if effect.decrease else field.maximum
                if limit is not None and abs(limit) < OUT_OF_REACH:
                    name = "min" if effect.decrease else "max"
                    found[f"{snake(effect.entity)}.{effect.field}.{name}"] = None

    for entity in application.own_entities:
        for transition in entity.states.transitions.values() if entity.states else ():
            collect(transition.effects)
        for following in entity.effects:
            collect(following.effects)
    for operation in application.operations.values():
        collect(operation.effects)
    return list(found)


def _breaking(rule_id: str, context: Context) -> None:
    trial = Trial(context)
    trial.refused(trial.prepared(lambda maker: breaking(maker, rule_id)), rule_id)


def _limit(rule_id: str, context: Context) -> None:
    try:
        _breaking(rule_id, context)
    except NothingBreaks as error:
        raise NotApplicable(f"{error}: other rules see to it already") from None


def _check(entity: Entity, rule: CheckRule, context: Context) -> None:
    trial, tried = Trial(context), 0
    if rule.on_create and "create" in entity.actions:
        tried += _try(trial, partial(_creation, entity, rule), rule.id)
    if rule.on_update and "update" in entity.actions:
        tried += _try(trial, partial(_change, entity, rule), rule.id)
    if not tried:
        trial.refused(trial.prepared(lambda maker: breaking(maker, rule.id)), rule.id)


def _try(trial: Trial, plan: Any, rule_id: str) -> int:
    try:
        request = trial.prepared(plan)
    except CannotMake:
        return 0
    trial.refused(request, rule_id)
    return 1


def _creation(entity: Entity, rule: CheckRule, maker: Maker) -> Attempt:
    return breaking_creation(maker, entity.name, rule.id)


def _change(entity: Entity, rule: CheckRule, maker: Maker) -> Attempt:
    row = maker.make(entity.name)
    extra = maker.relevance.of({rule.id})
    for actor in maker.able(row, "update"):
        search = Search(maker, goal=breaks(rule.id), extra=extra, left=200)
        found = search.find(change_attempt(maker, row, actor.label), 0)
        if found is not None:
            return found
    raise CannotMake(f"no change breaks {rule.id}")


def _editable_while(entity: Entity, rule: EditableWhile, context: Context) -> None:
    trial = Trial(context)

    def plan(maker: Maker) -> tuple[Row, list[Request]]:
        row = maker.make(entity.name)
        requests = list(_edits(maker, entity, row))
        if not journeys.settle(maker, row, rule.expression, False):
            raise SetUpFailed(f"no {entity.name} was found for which {rule.id} forbids changes")
        return row, requests

    (row, requests), ids = trial.world.perform(plan)
    tried = 0
    for planned in requests:
        request = trial.world.stage.up_to_date(translated(planned, ids))
        expected = trial.world.model.decide(request)
        if rule.id in expected.rules:
            trial.refused(request, rule.id)
            tried += 1
    if not tried:
        raise SetUpFailed(f"no request was found that {rule.id} forbids for {row.id}")


def _edits(maker: Maker, entity: Entity, row: Row) -> Iterator[Request]:
    """All requests that change a row or what belongs to it, by whoever may make them now."""
    path, headers = row_path(maker.sketch.model.view, row), if_match(entity, row)
    for actor in list(maker.able(row, "update"))[:1] if "update" in entity.actions else ():
        yield build("PATCH", path, actor, change_for(maker, row, actor), headers)
        for links in entity.links.values():
            if maker.try_make(links.to, {}, actor):
                other = list(maker.sketch.model.store.rows(links.to))[-1]
                yield build("PUT", f"{path}/{kebab(links.name)}/{other.id}", actor)
    for name, many in entity.to_many.items():
        part = maker.application.entities[many.of]
        if part.part_of == many.inverse and "create" in part.actions:
            yield from _edits_of_part(maker, part, row, name)
    for actor in list(maker.able(row, "delete"))[:1] if "delete" in entity.actions else ():
        yield build("DELETE", path, actor, headers=headers)


def _edits_of_part(maker: Maker, part: Entity, row: Row, _: str) -> Iterator[Request]:
    try:
        made = maker.make(part.name, {part.part_of or "": row.id})
        more = maker.prepare(part.name, {part.part_of or "": row.id})
    except CannotMake:
        return
    yield replace(more, headers={}).request()
    path, headers = row_path(maker.sketch.model.view, made), if_match(part, made)
    if "update" in part.actions:
        for actor in list(maker.able(made, "update"))[:1]:
            yield build("PATCH", path, actor, change_for(maker, made, actor), headers)
    if "delete" in part.actions:
        for actor in list(maker.able(made, "delete"))[:1]:
            yield build("DELETE", path, actor, headers=headers)
