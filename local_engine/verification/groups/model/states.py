"""States: every transition from where it may be made does all it should; others do nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from local_engine.generator.blueprint.resolved import Adjust, Each, Effect, Entity
from local_engine.verification.checks import Check, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.model.trying import Trial
from local_engine.verification.http import Request
from local_engine.verification.model import journeys
from local_engine.verification.model.attempts import Attempt, row_slots
from local_engine.verification.model.maker import Maker
from local_engine.verification.model.outcome import Expected
from local_engine.verification.model.relevance import Decisive, of_expressions
from local_engine.verification.model.search import Search, breaks, succeeds
from local_engine.verification.model.stage import translated
from local_engine.verification.model.store import Row
from local_engine.verification.routes import snake
from local_engine.verification.world import CannotMake


def checks(entity: Entity) -> Iterator[Check]:
    """The checks of one entity's states."""
    if entity.states is None:
        return
    name = snake(entity.name)
    for transition in entity.states.transitions.values():
        yield Check(
            f"model.transition.{name}.{transition.name}",
            f"{transition.name} brings a {entity.name} from {' or '.join(transition.sources)} to "
            f"{transition.target}, with all its effects.",
            partial(_transition, entity, transition.name),
        )
    for state in entity.states.values:
        others = [
            one.name for one in entity.states.transitions.values() if state not in one.sources
        ]
        if others:
            yield Check(
                f"model.state.{name}.{state}",
                f"A {entity.name} that is {state} refuses {', '.join(others)}.",
                partial(_refusals, entity, state, others),
            )


def _transition(entity: Entity, name: str, context: Context) -> None:
    assert entity.states is not None
    trial = Trial(context)
    done = 0
    for state in entity.states.transitions[name].sources:
        try:
            request = trial.prepared(partial(_with_effects, entity, state, name))
        except CannotMake:
            continue
        trial.allowed(request)
        done += 1
    if not done:
        raise SetUpFailed(f"no {entity.name} could be brought to where {name} is possible")


def _with_effects(entity: Entity, state: str, name: str, maker: Maker) -> Attempt:
    """Plan a transition whose effects have something to do. Raises CannotMake."""
    assert entity.states is not None
    attempt = ready(entity, state, name, maker)
    for adjust in adjustments(entity.states.transitions[name].effects):
        attempt = effective(maker, attempt, adjust.entity, adjust.field)
    return attempt


def adjustments(effects: Iterable[Effect]) -> Iterator[Adjust]:
    """The effects that add to a number or take from it."""
    for effect in effects:
        if isinstance(effect, Each):
            yield from adjustments(effect.effects)
        elif isinstance(effect, Adjust):
            yield effect


def effective(maker: Maker, attempt: Attempt, entity: str, field: str) -> Attempt:
    """The attempt, with something added to what it needs so that it changes such a field."""

    def changes(expected: Expected) -> bool:
        after = expected.after.tables.get(entity, {})
        before = maker.sketch.model.store.tables.get(entity, {})
        return succeeds(expected) and any(
            after[id_].values.get(field) != row.values.get(field)
            for id_, row in before.items()
            if id_ in after
        )

    relevant = maker.relevance.of(f"{snake(entity)}.{field}.{limit}" for limit in ("min", "max"))
    mark = maker.sketch.mark()
    found = Search(maker, goal=changes, extra=relevant).find(attempt, 1)
    if found is None:
        maker.sketch.back_to(mark)
    return found or attempt


def row_in(
    maker: Maker, entity: Entity, state: str, values: Mapping[str, Any] | None = None
) -> Row:
    """Plan a row in a state, made with these values (default: any). Raises CannotMake."""
    for chosen in beginnings(maker, entity, _needs(entity)) if values is None else [values]:
        mark = maker.sketch.mark()
        row = maker.make(entity.name, chosen)
        if journeys.reach(maker, row, state):
            return maker.sketch.row(entity.name, row.id)
        maker.sketch.back_to(mark)
    raise CannotMake(f"no {entity.name} that is {state}")


def _needs(entity: Entity, name: str | None = None) -> Decisive:
    """What the requirements of a transition read, or of all of them."""
    transitions = entity.states.transitions.values() if entity.states else ()
    return of_expressions(
        requirement.expression
        for transition in transitions
        if name in (None, transition.name)
        for requirement in transition.requirements
    )


def ready(entity: Entity, state: str, name: str, maker: Maker) -> Attempt:
    """Plan a row in a state, and the transition that it is ready for. Raises CannotMake."""
    reason = CannotMake(f"nobody can do {name} to a {entity.name} that is {state}")
    for values in beginnings(maker, entity, _needs(entity, name)):
        mark = maker.sketch.mark()
        try:
            return _ready(maker, row_in(maker, entity, state, values), name)
        except CannotMake as error:
            reason = error
            maker.sketch.back_to(mark)
    raise reason


def beginnings(maker: Maker, entity: Entity, decisive: Decisive) -> Iterator[dict[str, Any]]:
    """Values with which the row may be made: what decides may not be changed later."""
    yield {}
    for name in sorted({path[0] for path in decisive.paths}):
        slot = next((one for one in row_slots(entity) if one.name == name), None)
        if slot is not None and slot.declared is not None:
            for value in maker.values_for(entity.name, slot.declared):
                yield {name: value}


def _ready(maker: Maker, row: Row, name: str) -> Attempt:
    for actor in journeys.transition_actors(maker, row, name):
        mark = maker.sketch.mark()
        attempt = journeys.transition_attempt(maker, row, name, actor)
        found = Search(maker).find(attempt, 2)
        if found is not None:
            return found
        maker.sketch.back_to(mark)
    raise CannotMake(f"nobody can do {name} to this {row.entity}")


def _refusals(entity: Entity, state: str, names: list[str], context: Context) -> None:
    assert entity.states is not None
    trial = Trial(context)
    rule = f"{snake(entity.name)}.{entity.states.field}"

    def plan(maker: Maker) -> list[Request]:
        row = row_in(maker, entity, state)
        found = []
        for name in names:
            actor = next(journeys.transition_actors(maker, row, name), None)
            if actor is not None:
                attempt = journeys.transition_attempt(maker, row, name, actor)
                search = Search(maker, goal=breaks(rule), extra=_needs(entity, name))
                found.append((search.find(attempt, 0) or attempt).request())
        return found

    try:
        requests, ids = trial.world.perform(plan)
    except CannotMake as error:
        raise SetUpFailed(str(error)) from None
    for planned in requests:
        request = trial.world.stage.up_to_date(translated(planned, ids))
        trial.refused(request, rule)
