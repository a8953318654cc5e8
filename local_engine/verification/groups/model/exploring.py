"""Finds a request that breaks a certain rule, wherever in the Blueprint it may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from local_engine.generator.blueprint.resolved import Entity
from local_engine.verification.actors import Actor
from local_engine.verification.checks import SetUpFailed
from local_engine.verification.groups.model.states import (
    adjustments,
    beginnings,
    effective,
    ready,
)
from local_engine.verification.model import journeys, operating
from local_engine.verification.model.attempts import Attempt, row_slots
from local_engine.verification.model.maker import Maker
from local_engine.verification.model.paths import row_path
from local_engine.verification.model.relevance import Decisive
from local_engine.verification.model.search import Search, breaks
from local_engine.verification.model.sketch import if_match
from local_engine.verification.model.store import Row
from local_engine.verification.routes import snake
from local_engine.verification.world import CannotMake

BUDGET = 400
Way = Callable[[Maker, Search], Attempt | None]


class NothingBreaks(SetUpFailed):
    """However it was tried, the rule was never broken."""


def breaking(maker: Maker, rule: str) -> Attempt:
    """Plan circumstances in which the returned request breaks the rule. Raises NothingBreaks."""
    decisive = maker.relevance.of({rule})
    for alone in (True, False):
        for way in _ways(maker, rule, decisive):
            mark = maker.sketch.mark()
            goal = breaks(rule, alone=alone)
            try:
                found = way(maker, Search(maker, goal=goal, extra=decisive, left=BUDGET))
            except CannotMake:
                found = None
            if found is not None:
                return found
            maker.sketch.back_to(mark)
    raise NothingBreaks(f"no request was found that breaks {rule}")


def _ways(maker: Maker, rule: str, decisive: Decisive) -> Iterator[Way]:
    """Kinds of requests that may break the rule, the likely ones first."""
    own = rule.partition(".")[0]
    entities = sorted(maker.application.own_entities, key=lambda entity: snake(entity.name) != own)
    for entity in entities:
        for name, transition in entity.states.transitions.items() if entity.states else ():
            if any(one.id == rule for one in transition.requirements):
                yield _transition(entity, name, decisive)
            for adjust in adjustments(transition.effects):
                if rule.startswith(f"{snake(adjust.entity)}.{adjust.field}."):
                    yield _ready_transition(entity, name, adjust.entity, adjust.field)
    for operation in maker.application.operations.values():
        yield _operation(operation.name)
    for entity in entities:
        touched = snake(entity.name) == own or _names(entity) & decisive.names()
        if "create" in entity.actions and touched:
            yield _creation(entity)
        if "update" in entity.actions and touched:
            yield _change(entity)


def _names(entity: Entity) -> set[str]:
    return {*entity.fields, *entity.to_one}


def _transition(entity: Entity, name: str, decisive: Decisive) -> Way:
    def way(maker: Maker, search: Search) -> Attempt | None:
        assert entity.states is not None
        for state in entity.states.transitions[name].sources:
            for values in beginnings(maker, entity, decisive):
                mark = maker.sketch.mark()
                found = _from(maker, search, state, values)
                if found is not None:
                    return found
                maker.sketch.back_to(mark)
        return None

    def _from(maker: Maker, search: Search, state: str, values: dict[str, Any]) -> Attempt | None:
        try:
            row = maker.make(entity.name, values)
        except CannotMake:
            return None
        if not journeys.reach(maker, row, state):
            return None
        for actor in journeys.transition_actors(maker, row, name):
            found = search.find(journeys.transition_attempt(maker, row, name, actor), 2)
            if found is not None:
                return found
        return None

    return way


def _ready_transition(entity: Entity, name: str, adjusted: str, field: str) -> Way:
    """What an effect runs into is shown where nothing else is in the way."""

    def way(maker: Maker, search: Search) -> Attempt | None:
        assert entity.states is not None
        for state in entity.states.transitions[name].sources:
            full = effective(maker, ready(entity, state, name, maker), adjusted, field)
            found = search.find(full, 1)
            if found is not None:
                return found
        return None

    return way


def _operation(name: str) -> Way:
    def way(maker: Maker, search: Search) -> Attempt | None:
        operation = maker.application.operations[name]
        for actor in maker.actors(operation.access):
            mark = maker.sketch.mark()
            found = search.find(operating.operation_attempt(maker, operation, actor), 1)
            if found is not None:
                return found
            maker.sketch.back_to(mark)
        return None

    return way


def _creation(entity: Entity) -> Way:
    def way(maker: Maker, search: Search) -> Attempt | None:
        return maker.prepare(entity.name, search=search)

    return way


def _change(entity: Entity) -> Way:
    def way(maker: Maker, search: Search) -> Attempt | None:
        row = maker.make(entity.name)
        for actor in maker.able(row, "update"):
            found = search.find(change_attempt(maker, row, actor.label), 1)
            if found is not None:
                return found
        return None

    return way


def change_attempt(maker: Maker, row: Row, kind: str) -> Attempt:
    """A PATCH of a row by an account of this kind, with nothing in it yet."""
    entity = maker.application.entities[row.entity]
    return Attempt(
        "PATCH",
        row_path(maker.sketch.model.view, row),
        maker.cast[kind],
        {},
        row_slots(entity, changing=True),
        about=row.entity,
        row=row,
        headers=if_match(entity, row),
    )


def breaking_creation(
    maker: Maker,
    entity: str,
    rule: str,
    values: Mapping[str, Any] | None = None,
    actor: Actor | None = None,
) -> Attempt:
    """Plan a creation with these values that breaks the rule, by this actor. Raises CannotMake."""
    reason = CannotMake(f"no creation breaks {rule}")
    for alone in (True, False):
        mark = maker.sketch.mark()
        extra = maker.relevance.of({rule})
        search = Search(maker, goal=breaks(rule, alone=alone), extra=extra)
        try:
            return maker.prepare(entity, values, actor, only=actor is not None, search=search)
        except CannotMake as error:
            reason = error
            maker.sketch.back_to(mark)
    raise reason
