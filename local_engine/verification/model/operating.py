"""Plans operations, for their own sake or for the rows that only they create."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from local_engine.generator.blueprint.resolved import (
    Application,
    CreateRow,
    Each,
    Effect,
    Entity,
    Operation,
    RefInput,
)
from local_engine.verification.actors import Actor
from local_engine.verification.model.attempts import Attempt, input_slots
from local_engine.verification.model.paths import row_path, tenant_prefix
from local_engine.verification.model.search import Search
from local_engine.verification.model.sketch import build, if_match
from local_engine.verification.model.store import Row
from local_engine.verification.world import CannotMake

if TYPE_CHECKING:
    from local_engine.verification.model.maker import Maker


def make_by_operation(
    maker: Maker, entity: Entity, values: Mapping[str, Any], actor: Actor | None
) -> Row:
    """Plan a row that only an operation brings about. Raises CannotMake."""
    reason = f"nothing that anybody may do creates {entity.name}"
    for operation, creation in _creating(maker.application, entity):
        given = _as_inputs(maker, operation, creation, values)
        for one in maker.actors(operation.access, actor):
            mark = maker.sketch.mark()
            try:
                attempt = prepare_operation(maker, operation, one, given)
                return _made_by(maker, entity, attempt)
            except CannotMake as error:
                reason = str(error)
                maker.sketch.back_to(mark)
    raise CannotMake(reason)


def _creating(application: Application, entity: Entity) -> list[tuple[Operation, CreateRow]]:
    """The operations that create such rows, and how; those that return them go first."""
    found = [
        (operation, creation)
        for operation in application.operations.values()
        for creation in _creations(operation.effects)
        if creation.entity == entity.name
    ]
    return sorted(found, key=lambda one: one[0].returns_entity != entity.name)


def _creations(effects: Iterable[Effect]) -> Iterator[CreateRow]:
    for effect in effects:
        if isinstance(effect, Each):
            yield from _creations(effect.effects)
        elif isinstance(effect, CreateRow):
            yield effect


def _as_inputs(
    maker: Maker, operation: Operation, creation: CreateRow, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Values of the new row as the inputs that it takes them from. Raises CannotMake."""
    given = dict(values)
    refs = {item.name: item for item in operation.inputs if isinstance(item, RefInput)}
    for assignment in creation.values:
        if assignment.name not in values:
            continue
        for path in sorted(assignment.value.paths()):
            steps = path[1:] if path[0] == "input" else path
            if len(steps) == 1:
                given[steps[0]] = values[assignment.name]
            elif len(steps) == 2 and steps[0] in refs:
                wanted = {steps[1]: values[assignment.name]}
                given[steps[0]] = maker.make(refs[steps[0]].entity, wanted).id
    return given


def _made_by(maker: Maker, entity: Entity, attempt: Attempt) -> Row:
    """Carry an operation out in the plan, and look up the row that it made."""
    before = set(maker.sketch.model.store.tables.get(entity.name, {}))
    exchange = maker.sketch.send(attempt.request())
    made = [row for row in maker.sketch.model.store.rows(entity.name) if row.id not in before]
    if not made:
        raise CannotMake(f"{exchange} made no {entity.name}")
    answer = exchange.json
    if not isinstance(answer, dict) or answer.get("id") != made[0].id:
        look_up(maker, made[0])
    return made[0]


def look_up(maker: Maker, row: Row) -> None:
    """Plan a list that shows the row: only so does its id become known. Raises CannotMake."""
    view = maker.sketch.model.view
    entity = maker.application.entities[row.entity]
    path = row_path(view, row).rpartition("/")[0]
    for actor in maker.able(row, "read"):
        if maker.sketch.send(build("GET", f"{path}?limit=100", actor)).status == 200:
            return
    raise CannotMake(f"nobody may list {entity.name}, so the new one is not known")


def prepare_operation(
    maker: Maker, operation: Operation, actor: Actor, values: Mapping[str, Any] | None = None
) -> Attempt:
    """Plan all that an operation by this actor needs, and give it. Raises CannotMake."""
    attempt = operation_attempt(maker, operation, actor, values)
    found = Search(maker).find(attempt, 2)
    if found is None:
        refusal = maker.sketch.decide(attempt.request())
        raise CannotMake(f"{actor.label} cannot do {operation.name}: {refusal}")
    return found


def operation_attempt(
    maker: Maker, operation: Operation, actor: Actor, values: Mapping[str, Any] | None = None
) -> Attempt:
    """An operation as one actor would ask for it first. Raises CannotMake."""
    given = dict(values or {})
    view = maker.sketch.model.view
    row: Row | None = None
    headers: dict[str, str] = {}
    if operation.on:
        row = _operated_row(maker, operation.on, given.pop("row", None), actor)
        path = f"{row_path(maker.sketch.model.view, row)}/{operation.segment}"
        headers |= if_match(maker.application.entities[operation.on], row)
    else:
        tenant = maker.home_id() if operation.tenanted else None
        path = f"{tenant_prefix(view, tenant)}/operations/{operation.segment}"
    if operation.idempotent:
        headers["Idempotency-Key"] = maker.candidates.token()
    slots = input_slots(operation.inputs)
    attempt = Attempt("POST", path, actor, {}, slots, row=row, headers=headers)
    return maker.with_inputs(attempt, given)


def _operated_row(maker: Maker, entity: str, given: Any, actor: Actor) -> Row:
    if given is not None:
        return maker.sketch.row(entity, given)
    return maker.make(entity, {}, actor)
