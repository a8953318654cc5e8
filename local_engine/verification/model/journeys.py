"""Plans changes of rows: other values, transitions, and the way to a state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.resolved import Entity
from local_engine.verification.actors import Actor
from local_engine.verification.model.attempts import Attempt, input_slots
from local_engine.verification.model.paths import row_path
from local_engine.verification.model.relevance import of_expressions
from local_engine.verification.model.search import Search
from local_engine.verification.model.sketch import build, if_match
from local_engine.verification.model.store import Row
from local_engine.verification.routes import kebab

if TYPE_CHECKING:
    from local_engine.verification.model.maker import Maker


def change(maker: Maker, row: Row, values: Mapping[str, Any]) -> bool:
    """Plan a PATCH by whoever may; False if nobody can."""
    row = maker.sketch.row(row.entity, row.id)
    entity = maker.application.entities[row.entity]
    if "update" not in entity.actions:
        return False
    keys = {f"{name}_id" if name in entity.to_one else name: one for name, one in values.items()}
    path = row_path(maker.sketch.model.view, row)
    for actor in maker.able(row, "update"):
        request = build("PATCH", path, actor, keys, if_match(entity, row))
        if maker.sketch.send(request).status < 400:
            return True
    return False


def transition(maker: Maker, row: Row, name: str, depth: int = 2) -> bool:
    """Plan a transition by whoever may, with what it needs; False if impossible."""
    for actor in transition_actors(maker, row, name):
        mark = maker.sketch.mark()
        attempt = transition_attempt(maker, row, name, actor)
        found = Search(maker).find(attempt, depth)
        if found and maker.sketch.send(found.request()).status < 400:
            return True
        maker.sketch.back_to(mark)
    return False


def transition_actors(maker: Maker, row: Row, name: str) -> Iterator[Actor]:
    """The accounts that may make a transition of a row."""
    states = maker.application.entities[row.entity].states
    assert states is not None
    access = states.transitions[name].access
    for actor in maker.cast.everybody():
        judge = maker.judge(actor)
        if judge.readable(row) and judge.admits(access, row):
            yield actor


def transition_attempt(maker: Maker, row: Row, name: str, actor: Actor) -> Attempt:
    """The transition as one actor would ask for it."""
    row = maker.sketch.row(row.entity, row.id)
    entity = maker.application.entities[row.entity]
    assert entity.states is not None
    path = f"{row_path(maker.sketch.model.view, row)}/{kebab(name)}"
    slots = input_slots(entity.states.transitions[name].inputs)
    headers = if_match(entity, row)
    attempt = Attempt("POST", path, actor, {}, slots, about=row.entity, row=row, headers=headers)
    return maker.with_inputs(attempt)


def reach(maker: Maker, row: Row, state: str) -> bool:
    """Plan the transitions that bring a row into a state; False if there is no way."""
    row = maker.sketch.row(row.entity, row.id)
    entity = maker.application.entities[row.entity]
    assert entity.states is not None
    for steps in ways(entity, row.values[entity.states.field], state):
        mark = maker.sketch.mark()
        if all(transition(maker, row, name) for name in steps):
            return True
        maker.sketch.back_to(mark)
    return False


def ways(entity: Entity, start: str, goal: str) -> Iterator[tuple[str, ...]]:
    """Chains of transitions between two states, the short ones first."""
    assert entity.states is not None
    waiting: list[tuple[str, tuple[str, ...], frozenset[str]]] = [(start, (), frozenset({start}))]
    while waiting:
        state, steps, seen = waiting.pop(0)
        if state == goal:
            yield steps
            continue
        for name, one in entity.states.transitions.items():
            if state in one.sources and one.target not in seen:
                waiting.append((one.target, (*steps, name), seen | {one.target}))


def settle(maker: Maker, row: Row, condition: Expression, wanted: bool = True) -> bool:
    """Plan that a condition holds for a row (or does not hold); False if there is no way."""

    def settled() -> bool:
        found = maker.sketch.row(row.entity, row.id)
        return maker.sketch.model.view.holds(condition, found) is wanted

    actor = next(iter(maker.cast.everybody()))
    attempt = Attempt("GET", row_path(maker.sketch.model.view, row), actor, {}, (), row=row)
    search = Search(maker, goal=lambda _: settled(), extra=of_expressions([condition]))
    return search.find(attempt, 2) is not None
