"""Uniqueness: what is to be there once is there once; what differs in one name may be there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from local_engine.generator.blueprint.resolved import Entity, Unique
from local_engine.verification.checks import Check, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.model.exploring import breaking_creation
from local_engine.verification.groups.model.trying import Trial
from local_engine.verification.model.attempts import Attempt, row_slots
from local_engine.verification.model.maker import Maker
from local_engine.verification.model.memberships import make_full_tenant
from local_engine.verification.model.paths import row_path
from local_engine.verification.model.rules import rules_of
from local_engine.verification.model.sketch import build, if_match
from local_engine.verification.model.store import Row
from local_engine.verification.model.values import show
from local_engine.verification.world import CannotMake


def checks(entity: Entity) -> Iterator[Check]:
    """The checks of one entity's unique rules."""
    for rule in rules_of(entity):
        if not isinstance(rule, Unique):
            continue
        words = " and ".join(rule.names)
        sentence = f"No two {entity.name} rows agree in {words}."
        if set(entity.upsert) == set(rule.names):
            reason = "a second one replaces the first (upsert)"
            yield Check(f"model.rule.{rule.id}", sentence, None, reason)
            continue
        yield Check(f"model.rule.{rule.id}", sentence, partial(_unique, entity, rule))


def _unique(entity: Entity, rule: Unique, context: Context) -> None:
    trial = Trial(context)
    first = trial.done(partial(_first, entity, rule))
    trial.refused(trial.prepared(partial(twin, entity, rule, first)), rule.id)
    for name in settable(entity, rule) if len(rule.names) > 1 else ():
        try:
            request = trial.prepared(partial(_other, entity, rule, first, name))
        except CannotMake:
            continue
        trial.allowed(request)
    _by_change(trial, entity, rule, first)
    _in_another_tenant(trial, entity, rule, first)


def _first(entity: Entity, rule: Unique, maker: Maker) -> Row:
    """Plan a row that has a value in every name of the rule: null agrees with nothing."""
    values: dict[str, Any] = {}
    author = next(iter(maker.cast.everybody()))
    for slot in row_slots(entity):
        if slot.name not in rule.names or not slot.optional:
            continue
        if slot.entity:
            values[slot.name] = maker.reference(slot, author, {})
        elif slot.declared is not None and slot.declared.editable_by is None:
            values[slot.name] = maker.candidates.value(entity.name, slot.declared)
    return maker.make(entity.name, values, condition=rule.where)


def settable(entity: Entity, rule: Unique) -> list[str]:
    """The names of the rule that a body or a path can set."""
    slots = {slot.name for slot in row_slots(entity)} | (
        {entity.part_of} if entity.part_of else set()
    )
    return [name for name in rule.names if name in slots]


def values_of(trial_view: Any, entity: Entity, row: Row, names: list[str]) -> dict[str, Any]:
    """The values of a row in these names, as a body has them."""
    found: dict[str, Any] = {}
    for name in names:
        if name in entity.to_one:
            found[name] = row.values.get(name)
        else:
            found[name] = show(entity.fields[name], trial_view.get(row, name))
    return found


def _tenant(maker: Maker, entity: Entity, row: Row) -> dict[str, Any]:
    tenancy = maker.application.tenancy
    if tenancy is None or not entity.tenanted:
        return {}
    return {tenancy.relation: row.values[tenancy.relation]}


def twin(entity: Entity, rule: Unique, first: Row, maker: Maker) -> Attempt:
    """Plan the creation of a second row that agrees with the first. Raises CannotMake."""
    view = maker.sketch.model.view
    values = values_of(view, entity, first, settable(entity, rule)) | _tenant(maker, entity, first)
    owner = None
    if entity.owner in rule.names:
        owner = maker.cast.named(str(first.values[entity.owner or ""]))
    return breaking_creation(maker, entity.name, rule.id, values, owner)


def _other(entity: Entity, rule: Unique, first: Row, name: str, maker: Maker) -> Attempt:
    """Plan a row that differs from the first in one name."""
    view = maker.sketch.model.view
    names = [one for one in settable(entity, rule) if one != name]
    values = values_of(view, entity, first, names) | _tenant(maker, entity, first)
    return maker.prepare(entity.name, values)


def _by_change(trial: Trial, entity: Entity, rule: Unique, first: Row) -> None:
    """A row may not become like another one either."""
    keys = [slot for slot in row_slots(entity, changing=True) if slot.name in rule.names]
    if "update" not in entity.actions or not keys:
        return
    kept = [name for name in settable(entity, rule) if name not in {slot.name for slot in keys}]

    def plan(maker: Maker) -> Row:
        values = values_of(maker.sketch.model.view, entity, first, kept)
        if entity.owner in rule.names:
            owner = maker.cast.named(str(first.values[entity.owner or ""]))
            return maker.make(entity.name, values, owner, rule.where, only=True)
        return maker.make(entity.name, values | _tenant(maker, entity, first), None, rule.where)

    try:
        second = trial.done(plan)
    except CannotMake:
        return
    view = trial.world.model.view
    values = values_of(view, entity, first, [slot.name for slot in keys])
    body = {slot.key: values[slot.name] for slot in keys}
    for actor in trial.world.maker().able(second, "update"):
        path, headers = row_path(view, second), if_match(entity, second)
        request = build("PATCH", path, actor, body, headers)
        if trial.world.model.decide(request).rules == {rule.id}:
            trial.refused(request, rule.id)
            return


def _in_another_tenant(trial: Trial, entity: Entity, rule: Unique, first: Row) -> None:
    """Tenants know nothing of each other: what one has, the other may have too."""
    tenancy = trial.world.application.tenancy
    fields = [name for name in settable(entity, rule) if name in entity.fields]
    if tenancy is None or not entity.tenanted or len(fields) != len(rule.names):
        return

    def plan(maker: Maker) -> Attempt:
        view = maker.sketch.model.view
        values = values_of(view, entity, first, fields)
        values[tenancy.relation] = make_full_tenant(maker, tenancy).id
        return maker.prepare(entity.name, values)

    try:
        request = trial.prepared(plan)
    except CannotMake as error:
        raise SetUpFailed(f"no second tenant: {error}") from None
    trial.allowed(request)
