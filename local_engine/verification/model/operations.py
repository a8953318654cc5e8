"""What operations, reports and feeds do: docs/blueprint.md, §10 and §11."""

from __future__ import annotations

from typing import Any

from local_engine.generator.blueprint.resolved import Access, Operation
from local_engine.verification.model.bodies import read_inputs
from local_engine.verification.model.effects import Scene, check_requirements, input_names, run
from local_engine.verification.model.handling import Handling
from local_engine.verification.model.lists import narrowed, page
from local_engine.verification.model.outcome import UNKNOWN, Done, Refused
from local_engine.verification.model.reports import readable_rows, report_rows
from local_engine.verification.model.store import Row


def operate(handling: Handling) -> Done:
    """`POST /operations/transfer`, or an operation on a row."""
    transaction = handling.transaction
    operation = transaction.application.operations[handling.match.route.name]
    row = _admit(handling, operation)
    body = handling.incoming.json(optional=not operation.inputs)
    key = handling.incoming.idempotency_key
    if operation.idempotent and key is None and handling.judge.subject.signed_in:
        raise Refused(400, why="an Idempotency-Key is required")
    replayed = handling.replayed(body)
    if replayed is not None:
        return replayed
    if row is not None:
        handling.check_etag(row)
    values = read_inputs(body, operation.inputs, handling.judge, transaction.tenant)
    if operation.code:
        return Done(200, UNKNOWN, why="a person writes what it does", also=ANYTHING, free=True)
    on = transaction.application.entities[operation.on] if operation.on else None
    scene = Scene(transaction, row, input_names(values, on))
    check_requirements(scene, operation.requirements)
    after = run(operation.effects, scene)
    transaction.finish()
    return handling.remember(body, _answer(handling, operation, after, values, row))


ANYTHING = frozenset({201, 204, 400, 403, 404, 409, 422, 501})
"""What a person's code may answer; 501 as long as there is none."""


def _admit(handling: Handling, operation: Operation) -> Row | None:
    """The row that the operation is on (None if on none), unless the subject may not do it."""
    handling.need_account(operation.access)
    judge = handling.judge
    if operation.on:
        row = handling.row()
        judge.need("read", row)
        if not judge.admits(operation.access, row):
            raise judge.forbidden(f"{operation.name} is not for this actor")
        return row
    handling.collection()
    _need_by(handling, operation.access, f"{operation.name} is not for this actor")
    return None


def _need_by(handling: Handling, access: Access, why: str) -> None:
    """Refuse unless `by` admits; members are those of the tenant in the path."""
    tenant = handling.transaction.tenant
    if not handling.judge.admits(access, tenant):
        raise handling.judge.forbidden(why)


def _answer(
    handling: Handling, operation: Operation, scene: Scene, values: dict[str, Any], row: Row | None
) -> Done:
    name = operation.returns
    if name is None:
        return Done(204)
    found: Any = scene.names.get(name)
    if found is None:
        found = row if name == "row" else values.get(name.removeprefix("input."))
    if not isinstance(found, Row):
        return Done(200, UNKNOWN)
    return handling.answer(found, 201 if operation.returns_created else 200)


def report(handling: Handling) -> Done:
    """`GET /reports/revenue`."""
    transaction = handling.transaction
    declared = transaction.application.reports[handling.match.route.name]
    handling.need_account(declared.access)
    handling.collection()
    _need_by(handling, declared.access, f"{declared.name} is not for this actor")
    parameters = handling.incoming.parameters
    rows = report_rows(handling.judge, declared, parameters, transaction.tenant)
    return Done(200, {"rows": rows})


def feed(handling: Handling) -> Done:
    """`GET /feeds/below-reorder-level`."""
    transaction = handling.transaction
    declared = transaction.application.feeds[handling.match.route.name]
    handling.need_account(declared.access)
    handling.collection()
    _need_by(handling, declared.access, f"{declared.name} is not for this actor")
    judge = handling.judge
    rows = readable_rows(judge, declared.entity, transaction.tenant)
    found = narrowed(judge, declared.where, rows)
    entity = transaction.application.entities[declared.entity]
    return Done(200, page(judge, entity, found, handling.incoming.parameters, declared.sort))
