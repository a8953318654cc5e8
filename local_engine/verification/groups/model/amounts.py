"""At most so many: rows up to the limit are taken, one more is not, and no limit sinks below."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from local_engine.generator.blueprint.resolved import AtMost, Entity
from local_engine.verification.actors import Actor
from local_engine.verification.checks import Check, NotApplicable
from local_engine.verification.context import Context
from local_engine.verification.groups.model.exploring import breaking_creation
from local_engine.verification.groups.model.trying import Trial
from local_engine.verification.model.attempts import Attempt
from local_engine.verification.model.maker import Maker
from local_engine.verification.model.outcome import Expected
from local_engine.verification.model.paths import row_path
from local_engine.verification.model.rules import counts, group_size, limit_of
from local_engine.verification.model.scope import View
from local_engine.verification.model.search import Search, succeeds
from local_engine.verification.model.sketch import build, if_match
from local_engine.verification.model.store import Row

MOST_ROWS = 24
FEW = 2


def checks(entity: Entity) -> Iterator[Check]:
    """The checks of one entity's rules of this kind."""
    for rule in entity.rules:
        if isinstance(rule, AtMost):
            yield Check(
                f"model.rule.{rule.id}",
                f"There are never more {entity.name} rows than {limit_in_words(rule)}.",
                partial(_at_most, entity, rule),
            )


def limit_in_words(rule: AtMost) -> str:
    """The limit as a person would write it."""
    limit = str(rule.limit) if isinstance(rule.limit, int) else rule.limit.text
    return limit + (f" for each {' and '.join(rule.per)}" if rule.per else "")


def _at_most(entity: Entity, rule: AtMost, context: Context) -> None:
    trial = Trial(context)
    first = trial.done(partial(first_of_group, entity, rule))
    view = trial.world.model.view
    room = limit_of(view, rule, first) - (group_size(view, rule, first) or 0)
    if room > MOST_ROWS:
        raise NotApplicable(f"the limit of {limit_in_words(rule)} would need too many rows")
    for _ in range(room):
        trial.allowed(trial.prepared(partial(another, entity, rule, first)))
    trial.refused(trial.prepared(partial(one_more, entity, rule, first)), rule.id)
    _lower(trial, entity, rule, first)


def first_of_group(entity: Entity, rule: AtMost, maker: Maker) -> Row:
    """Plan a row of a group in which only few have room. Raises CannotMake."""
    values: dict[str, Any] = {}
    if not isinstance(rule.limit, int):
        relation = entity.to_one[rule.per[0]]
        place = maker.application.entities[relation.to]
        paths = sorted(rule.limit.paths())
        names = [path[-1] for path in paths if path[-1] in place.fields]
        small = {name: _few(place, name) for name in names if not place.fields[name].read_only}
        values[relation.name] = maker.make(place.name, small).id
    return maker.make(entity.name, values, condition=rule.where)


def _few(place: Entity, name: str) -> int:
    minimum: Any = place.fields[name].minimum
    return max(FEW, int(minimum)) if minimum is not None else FEW


def group_values(entity: Entity, rule: AtMost, first: Row, maker: Maker) -> dict[str, Any]:
    """What a row must have to be in the same group as the first one."""
    values = {name: first.values[name] for name in rule.per if name != entity.owner}
    tenancy = maker.application.tenancy
    if tenancy and entity.tenanted:
        values[tenancy.relation] = first.values[tenancy.relation]
    return values


def another(entity: Entity, rule: AtMost, first: Row, maker: Maker) -> Attempt:
    """Plan the creation of one more row that is taken. Raises CannotMake."""
    values = group_values(entity, rule, first, maker)
    owner = None
    if entity.owner in rule.per:
        owner = maker.cast.named(str(first.values[entity.owner or ""]))
    return prepare_counted(maker, entity, rule, values, owner)


def prepare_counted(
    maker: Maker, entity: Entity, rule: AtMost, values: dict[str, Any], actor: Actor | None
) -> Attempt:
    """Plan the creation of a row that the rule counts. Raises CannotMake."""

    def is_counted(expected: Expected) -> bool:
        row = expected.after.find(*expected.row) if expected.row else None
        view = View(maker.application, expected.after, maker.sketch.model.clock())
        return succeeds(expected) and row is not None and counts(view, rule.where, row)

    search = Search(maker, goal=is_counted, extra=maker.relevance.of({rule.id}))
    return maker.prepare(entity.name, values, actor, only=actor is not None, search=search)


def one_more(entity: Entity, rule: AtMost, first: Row, maker: Maker) -> Attempt:
    """Plan the creation of a row for which there is no room. Raises CannotMake."""
    values = group_values(entity, rule, first, maker)
    owner = None
    if entity.owner in rule.per:
        owner = maker.cast.named(str(first.values[entity.owner or ""]))
    return breaking_creation(maker, entity.name, rule.id, values, owner)


def _lower(trial: Trial, entity: Entity, rule: AtMost, first: Row) -> None:
    """A capacity cannot be lowered under the number of rows there are."""
    if isinstance(rule.limit, int):
        return
    relation = entity.to_one[rule.per[0]]
    place = trial.row(relation.to, first.values[relation.name])
    declared = trial.world.application.entities[relation.to]
    for path in sorted(rule.limit.paths()):
        field = declared.fields.get(path[-1])
        if field is None or "update" not in declared.actions:
            continue
        lower = {field.name: trial.world.model.view.get(place, field.name) - 1}
        for actor in trial.world.maker().able(place, "update"):
            target = row_path(trial.world.model.view, place)
            request = build("PATCH", target, actor, lower, if_match(declared, place))
            if rule.id in trial.world.model.decide(request).rules:
                trial.refused(request, rule.id)
                return
