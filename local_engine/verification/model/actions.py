"""What the routes of an entity do: list, read, create, update, delete, transitions."""

from __future__ import annotations

from collections.abc import Iterable

from local_engine.generator.blueprint.resolved import Access
from local_engine.verification.model import writes
from local_engine.verification.model.bodies import read_inputs
from local_engine.verification.model.effects import Scene, check_requirements, input_names, run
from local_engine.verification.model.handling import Handling, etag
from local_engine.verification.model.lists import admitted, page
from local_engine.verification.model.outcome import Done, Refused
from local_engine.verification.model.places import Place
from local_engine.verification.model.references import in_tenant
from local_engine.verification.model.rules import check_rules
from local_engine.verification.model.store import Row
from local_engine.verification.routes import snake


def list_rows(handling: Handling) -> Done:
    """`GET /cakes`, and the parts of a row."""
    handling.need_account(handling.effective("list"))
    place = handling.collection()
    rows = rows_of(handling, place)
    found = admitted(handling.judge, handling.entity, rows)
    return Done(200, page(handling.judge, handling.entity, found, handling.incoming.parameters))


def rows_of(handling: Handling, place: Place) -> Iterable[Row]:
    """The rows of the route's entity within its tenant and below its parent."""
    transaction, entity = handling.transaction, handling.entity
    rows = [
        row
        for row in transaction.store.rows(entity.name)
        if in_tenant(transaction.view, row, transaction.tenant)
    ]
    if entity.part_of and place.parent is not None:
        return [row for row in rows if row.values.get(entity.part_of) == place.parent.id]
    return rows


def list_nested(handling: Handling) -> Done:
    """`GET /posts/{post_id}/votes`: a list narrowed to one parent."""
    handling.need_account(handling.entity.access["list"])
    place = handling.collection()
    rows = rows_of(handling, Place())
    parent = place.parent or handling.transaction.tenant
    if parent is not None:
        application = handling.transaction.application
        many = application.entities[parent.entity].to_many[handling.match.route.name]
        rows = [row for row in rows if row.values.get(many.inverse) == parent.id]
    found = admitted(handling.judge, handling.entity, rows)
    return Done(200, page(handling.judge, handling.entity, found, handling.incoming.parameters))


def read_row(handling: Handling) -> Done:
    """`GET /cakes/{id}`."""
    handling.need_account(handling.effective("read"))
    row = handling.row()
    handling.judge.need("read", row)
    wanted = handling.incoming.if_none_match
    if wanted and wanted == etag(row):
        return Done(304, headers={"ETag": wanted})
    return handling.answer(row, 200)


def create_row(handling: Handling) -> Done:
    """`POST /cakes`."""
    judge, entity = handling.judge, handling.entity
    handling.need_account(handling.effective("create"))
    place = handling.collection()
    through = judge.through_parent(entity, "create")
    if through and place.parent is not None:
        if not judge.may(through, place.parent):
            raise judge.forbidden("changing the whole is not for this actor")
    else:
        refuse_before_body(handling, entity.access["create"])
    body = handling.incoming.json()
    replayed = handling.replayed(body)
    if replayed is not None:
        return replayed
    row, new = writes.create(handling.transaction, entity, body, place.parent)
    handling.transaction.finish()
    return handling.remember(body, handling.answer(row, 201 if new else 200))


def refuse_before_body(handling: Handling, access: Access) -> None:
    """Refuse with 403 whom no clause can admit, whatever the body says."""
    judge = handling.judge
    if not any(clause.row_level or judge.clause_admits(clause, None) for clause in access.clauses):
        raise judge.forbidden("creating is not for this actor")


def update_row(handling: Handling) -> Done:
    """`PATCH /cakes/{id}`."""
    handling.need_account(handling.effective("update"))
    row = handling.row()
    handling.judge.need("update", row)
    body = handling.incoming.json()
    handling.check_etag(row)
    changed = writes.update(handling.transaction, row, body)
    handling.transaction.finish()
    return handling.answer(changed, 200)


def delete_row(handling: Handling) -> Done:
    """`DELETE /cakes/{id}`."""
    handling.need_account(handling.effective("delete"))
    row = handling.row()
    handling.judge.need("delete", row)
    handling.check_etag(row)
    writes.delete(handling.transaction, row)
    handling.transaction.finish()
    return Done(204)


def make_transition(handling: Handling) -> Done:
    """`POST /orders/{id}/place`."""
    entity, transaction = handling.entity, handling.transaction
    assert entity.states is not None
    transition = entity.states.transitions[handling.match.route.name]
    handling.need_account(transition.access)
    row = handling.row()
    handling.judge.need("read", row)
    if not handling.judge.admits(transition.access, row):
        raise handling.judge.forbidden(f"{transition.name} is not for this actor")
    body = handling.incoming.json(optional=True)
    handling.check_etag(row)
    values = read_inputs(body, transition.inputs, handling.judge, transaction.tenant)
    state = entity.states.field
    scene = Scene(transaction, row, input_names(values, entity))
    check_requirements(scene, [one for one in transition.requirements if one.status == 422])
    if row.values[state] not in transition.sources:
        rule = f"{snake(entity.name)}.{state}"
        raise Refused(409, why=f"it is {row.values[state]}", rules={rule})
    check_requirements(scene, [one for one in transition.requirements if one.status != 422])
    transaction.change(row, **{state: transition.target})
    check_rules(transaction, by_effects=True)
    run(transition.effects, scene)
    transaction.finish()
    return handling.answer(row, 200)
