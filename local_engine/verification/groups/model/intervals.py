"""Intervals: none overlaps another of its kind, and what only touches another is taken."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from local_engine.generator.blueprint.resolved import Entity, NoOverlap
from local_engine.verification.checks import Check
from local_engine.verification.context import Context
from local_engine.verification.groups.model.exploring import breaking_creation
from local_engine.verification.groups.model.trying import Trial
from local_engine.verification.model import journeys
from local_engine.verification.model.attempts import Attempt
from local_engine.verification.model.maker import Maker
from local_engine.verification.model.store import Row
from local_engine.verification.model.values import show
from local_engine.verification.world import CannotMake


def checks(entity: Entity) -> Iterator[Check]:
    """The checks of one entity's rules of this kind."""
    for rule in entity.rules:
        if isinstance(rule, NoOverlap):
            per = f" of the same {' and '.join(rule.per)}" if rule.per else ""
            yield Check(
                f"model.rule.{rule.id}",
                f"No two {entity.name} rows{per} overlap from {rule.start} to {rule.end}; "
                "one may begin when the other ends.",
                partial(_no_overlap, entity, rule),
            )


def _no_overlap(entity: Entity, rule: NoOverlap, context: Context) -> None:
    trial = Trial(context)
    first = trial.done(lambda maker: maker.make(entity.name, condition=rule.where))
    start, end = (first.values[name] for name in (rule.start, rule.end))
    middle, length = start + (end - start) / 2, end - start
    for begins, ends in ((start, end), (start - length, end), (middle, end + length)):
        if begins < ends:
            planned = partial(beside, entity, rule, first, begins, ends, rule.id)
            trial.refused(trial.prepared(planned), rule.id)
    for begins, ends in ((end, end + length), (start - length, start)):
        try:
            touching = trial.prepared(partial(beside, entity, rule, first, begins, ends, ""))
        except CannotMake:
            continue  # other rules do not admit that time
        trial.allowed(touching)
    backwards = partial(beside, entity, rule, first, end + 2 * length, start - length, rule.id)
    trial.refused(trial.prepared(backwards), rule.id)
    _out_of_the_way(trial, entity, rule, first, start, end)


def beside(
    entity: Entity, rule: NoOverlap, first: Row, start: Any, end: Any, breaking: str, maker: Maker
) -> Attempt:
    """Plan a second row with this interval; `breaking` is the rule that it is to break."""
    values = {name: first.values[name] for name in rule.per if name != entity.owner}
    tenancy = maker.application.tenancy
    if tenancy and entity.tenanted:
        values[tenancy.relation] = first.values[tenancy.relation]
    values[rule.start] = show(entity.fields[rule.start], start)
    values[rule.end] = show(entity.fields[rule.end], end)
    owner = None
    if entity.owner in rule.per:
        owner = maker.cast.named(str(first.values[entity.owner or ""]))
    if breaking:
        return breaking_creation(maker, entity.name, breaking, values, owner)
    return maker.prepare(entity.name, values, owner, only=owner is not None)


def _out_of_the_way(
    trial: Trial, entity: Entity, rule: NoOverlap, first: Row, start: Any, end: Any
) -> None:
    """Where the rule does not count a row, its time is free again."""
    where = rule.where
    if where is None:
        return

    def settled(maker: Maker) -> Row:
        journeys.settle(maker, first, where, False)
        return first

    first = trial.done(settled)
    if not trial.world.model.view.holds(where, first):
        trial.allowed(trial.prepared(partial(beside, entity, rule, first, start, end, "")))
