"""Plans what requests at once contend for: one place left, one interval, the last of a stock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from local_engine.generator.blueprint.resolved import (
    Adjust,
    Application,
    AtMost,
    Effect,
    Entity,
    FieldType,
    Operation,
    Unique,
)
from local_engine.verification.actors import Actor
from local_engine.verification.checks import NotApplicable
from local_engine.verification.groups.model.amounts import (
    first_of_group,
    group_values,
    prepare_counted,
)
from local_engine.verification.groups.model.operations import prepared
from local_engine.verification.groups.model.states import adjustments, effective, ready
from local_engine.verification.http import Request
from local_engine.verification.model import journeys, operating
from local_engine.verification.model.attempts import Attempt, row_slots
from local_engine.verification.model.maker import Maker
from local_engine.verification.model.outcome import Expected
from local_engine.verification.model.rules import group_size, limit_of
from local_engine.verification.model.scope import View
from local_engine.verification.model.simulation import Simulation
from local_engine.verification.model.store import Row
from local_engine.verification.model.values import show
from local_engine.verification.routes import snake
from local_engine.verification.world import CannotMake

CONTENDERS = 3


def copies(maker: Maker, attempt: Attempt, count: int) -> list[Request]:
    """The same request several times, each with an Idempotency-Key of its own if it has one."""
    found = []
    for _ in range(count):
        headers = dict(attempt.headers)
        if "Idempotency-Key" in headers:
            headers["Idempotency-Key"] = maker.candidates.token()
        found.append(replace(attempt, headers=headers).request())
    return found


def only_once(maker: Maker, attempt: Attempt) -> bool:
    """Whether a request can be carried out once, but not twice."""
    first, second = copies(maker, attempt, 2)
    simulation = Simulation(maker.sketch.model.fork())
    return simulation.send(first).status < 400 <= simulation.send(second).status


def unique(entity: Entity, rule: Unique, maker: Maker, count: int) -> list[Request]:
    """Plan creations that agree in what is to be unique. Raises CannotMake."""
    attempt = maker.prepare(entity.name)
    if entity.upsert or only_once(maker, attempt):
        return copies(maker, attempt, count)
    raise CannotMake(f"the same creation twice does not break {rule.id}")


def last_places(entity: Entity, rule: AtMost, maker: Maker, count: int) -> list[Request]:
    """Plan creations for a group in which there is room for one. Raises CannotMake."""
    first = first_of_group(entity, rule, maker)
    view = maker.sketch.model.view
    room = limit_of(view, rule, first) - (group_size(view, rule, first) or 0)
    values = group_values(entity, rule, first, maker)
    for _ in range(room - 1):
        maker.sketch.send(prepare_counted(maker, entity, rule, values, None).request())
    found: list[Request] = []
    for actor in _authors(maker, entity, rule, first):
        mark = maker.sketch.mark()
        try:
            found.append(prepare_counted(maker, entity, rule, values, actor).request())
        except CannotMake:
            maker.sketch.back_to(mark)
        if len(found) == count:
            break
    if not found:
        raise CannotMake(f"nobody can take the last place of {rule.id}")
    return (found * count)[:count]


def _authors(maker: Maker, entity: Entity, rule: AtMost, first: Row) -> Iterator[Actor]:
    if entity.owner in rule.per:
        yield maker.cast.named(str(first.values[entity.owner or ""]))
    else:
        yield from maker.cast.everybody()


def same_time(entity: Entity, maker: Maker, count: int) -> list[Request]:
    """Plan creations for the same time. Raises CannotMake."""
    attempt = maker.prepare(entity.name)
    if not only_once(maker, attempt):
        raise CannotMake("the same creation twice is no overlap")
    return copies(maker, attempt, count)


def transition(entity: Entity, state: str, name: str, maker: Maker, count: int) -> list[Request]:
    """Plan the same transition of the same row several times. Raises CannotMake."""
    return copies(maker, ready(entity, state, name, maker), count)


def last_of_stock(
    entity: Entity, name: str, effect: Adjust, maker: Maker, count: int
) -> list[Request]:
    """Plan transitions of several rows that take from one that has enough for one of them."""
    assert entity.states is not None
    state = entity.states.transitions[name].sources[0]
    attempt = effective(maker, ready(entity, state, name, maker), effect.entity, effect.field)
    assert attempt.row is not None
    leave_enough_for_one(maker, attempt, effect)
    rivals = [attempt]
    for _ in range(count - 1):
        row = clone(maker, maker.sketch.row(entity.name, attempt.row.id))
        if not journeys.reach(maker, row, state):
            raise CannotMake(f"no second {entity.name} that is {state}")
        rivals.append(journeys.transition_attempt(maker, row, name, attempt.actor))
    return [rival.request() for rival in rivals]


def leave_enough_for_one(maker: Maker, attempt: Attempt, effect: Adjust) -> None:
    """Plan that what is taken from has just enough for one such request. Raises CannotMake."""
    stock, taken = _taken(maker, maker.sketch.decide(attempt.request()), effect)
    field = maker.application.entities[stock.entity].fields[effect.field]
    least: Any = field.minimum or 0
    if not maker.change(stock, {field.name: show(field, least + taken)}):
        raise CannotMake(f"nobody can set {field.name} of a {stock.entity}")


def _taken(maker: Maker, expected: Expected, effect: Adjust) -> tuple[Row, Any]:
    """The row that a request takes from, and how much."""
    now = maker.sketch.model.view
    after = View(maker.application, expected.after, now.now)
    for row in now.store.rows(effect.entity):
        later = expected.after.find(row.entity, row.id)
        before, then = now.get(row, effect.field), after.get(later, effect.field)
        if later is not None and before is not None and then is not None and then < before:
            return row, before - then
    raise CannotMake(f"nothing is taken from {effect.entity}.{effect.field}")


def siblings(
    above: Entity, entity: Entity, inverse: str, maker: Maker, count: int
) -> list[Request]:
    """Plan creations of several children of one row, all possible together. Raises CannotMake."""
    parent = maker.make(above.name)
    found: list[Request] = []
    for actor in [*maker.cast.everybody()] * count:
        mark = maker.sketch.mark()
        try:
            attempt = maker.prepare(entity.name, {inverse: parent.id}, actor, only=True)
        except CannotMake:
            maker.sketch.back_to(mark)
            continue
        if all_possible(maker, [*found, attempt.request()]):
            found.append(attempt.request())
        if len(found) == count:
            return found
    if len(found) > 1:
        return found
    raise NotApplicable(f"there can be no two {entity.name} rows of one {above.name} at once")


def all_possible(maker: Maker, requests: list[Request]) -> bool:
    """Whether all requests can be carried out, one after the other."""
    simulation = Simulation(maker.sketch.model.fork())
    return all(simulation.send(request).status < 400 for request in requests)


def clone(maker: Maker, row: Row) -> Row:
    """Plan another row with the same values, and with parts like those of the first."""
    entity = maker.application.entities[row.entity]
    twin = maker.make(entity.name, _values(maker, entity, row), _owner(maker, entity, row))
    for name, many in entity.to_many.items():
        part = maker.application.entities[many.of]
        if part.part_of != many.inverse or "create" not in part.actions:
            continue
        for child in list(maker.sketch.model.view.children(row, name)):
            values = _values(maker, part, child) | {many.inverse: twin.id}
            maker.make(part.name, values, _owner(maker, entity, row))
    return twin


def _owner(maker: Maker, entity: Entity, row: Row) -> Actor | None:
    owner = row.values.get(entity.owner or "")
    return maker.cast.named(str(owner)) if owner else None


def _values(maker: Maker, entity: Entity, row: Row) -> dict[str, Any]:
    """What a body needs to make a row like this one; unique values are left to be new ones."""
    values: dict[str, Any] = {}
    for slot in row_slots(entity):
        present = row.values.get(slot.name)
        if present is None or (slot.declared is not None and slot.declared.unique):
            continue
        if slot.declared is None:
            values[slot.name] = present
        elif slot.declared.editable_by is None:
            values[slot.name] = show(slot.declared, present)
    tenancy = maker.application.tenancy
    if tenancy and entity.tenanted:
        values[tenancy.relation] = row.values[tenancy.relation]
    return values


def exhausting(
    operation: Operation, rule: str, effect: Adjust | None, maker: Maker, count: int
) -> list[Request]:
    """Plan an operation of which there is enough for one, but not for two. Raises CannotMake."""
    reason = f"{operation.name} never runs into {rule}"
    for actor in maker.actors(operation.access):
        mark = maker.sketch.mark()
        try:
            attempt = operating.prepare_operation(maker, operation, actor)
            if effect is not None:
                leave_enough_for_one(maker, attempt, effect)
        except CannotMake as error:
            reason = str(error)
            maker.sketch.back_to(mark)
            continue
        for variant in _amounts(maker, attempt):
            if only_once(maker, variant):
                return copies(maker, variant, count)
        maker.sketch.back_to(mark)
    raise CannotMake(reason)


def exhausting_any(application: Application, rule: str, maker: Maker, count: int) -> list[Request]:
    """Plan any request for which there is enough for one, but not for two. Raises CannotMake."""
    for operation in application.operations.values():
        mark = maker.sketch.mark()
        try:
            return exhausting(operation, rule, None, maker, count)
        except CannotMake:
            maker.sketch.back_to(mark)
    for entity in application.own_entities:
        if entity.part_of and "create" in entity.actions:
            mark = maker.sketch.mark()
            found = _exhausting_part(entity, maker, count)
            if found:
                return found
            maker.sketch.back_to(mark)
    raise CannotMake(f"no request was found that runs into {rule} the second time")


def _exhausting_part(entity: Entity, maker: Maker, count: int) -> list[Request]:
    """Plan a part that takes away what another one has brought; empty if there is none."""
    try:
        first = maker.prepare(entity.name)
        maker.sketch.send(first.request())
        parent = {entity.part_of or "": first.row.id} if first.row else {}
        attempt = maker.prepare(entity.name, parent, first.actor, only=True)
    except CannotMake:
        return []
    variants = (one for one in _amounts(maker, attempt) if only_once(maker, one))
    return next((copies(maker, one, count) for one in variants), [])


def repeated(operation: Operation, maker: Maker, count: int) -> list[Request]:
    """Plan an operation several times, which need not be possible together."""
    return copies(maker, prepared(operation, maker), count)


def _amounts(maker: Maker, attempt: Attempt) -> Iterator[Attempt]:
    """The attempt with its numbers replaced by those that the rows at hand show."""
    yield attempt
    view = maker.sketch.model.view
    rows = [attempt.row] + [
        view.store.find(slot.entity, attempt.body.get(slot.key))
        for slot in attempt.slots
        if slot.entity
    ]
    numbers: list[Any] = []
    for row in rows:
        declared = maker.application.entities[row.entity].fields if row else {}
        values = [view.get(row, name) for name in declared]
        numbers += [one for one in values if isinstance(one, int | Decimal) and one > 0]
    numbers += [-number for number in numbers]
    for slot in attempt.slots:
        if slot.declared is None:
            continue
        for number in numbers:
            if slot.declared.type is FieldType.INTEGER and number == int(number):
                yield attempt.having(**{slot.key: int(number)})
            elif slot.declared.type in (FieldType.MONEY, FieldType.DECIMAL):
                yield attempt.having(**{slot.key: show(slot.declared, Decimal(number))})


def decreases(effects: tuple[Effect, ...]) -> Iterator[Adjust]:
    """The effects that take something from a number."""
    return (effect for effect in adjustments(effects) if effect.decrease)


def minimum_rule(effect: Adjust) -> str:
    """The id of the limit that a decrease runs into."""
    return f"{snake(effect.entity)}.{effect.field}.min"
