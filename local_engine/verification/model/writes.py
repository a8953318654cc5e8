"""Creating, changing and deleting one row by request, with what follows from it."""

from __future__ import annotations

from typing import Any

from local_engine.generator.blueprint.resolved import USER, Entity, EntityEffect
from local_engine.verification.model.bodies import Reading, read_row
from local_engine.verification.model.defaults import complete
from local_engine.verification.model.effects import Scene, run
from local_engine.verification.model.outcome import Refused
from local_engine.verification.model.references import check_references
from local_engine.verification.model.rules import check_editable, check_rules
from local_engine.verification.model.store import Row
from local_engine.verification.model.transaction import Transaction


def create(
    transaction: Transaction, entity: Entity, body: Any, parent: Row | None
) -> tuple[Row, bool]:
    """The created row, and whether it is new (an upsert may have replaced one)."""
    by_email = transaction.application.added_by_email(entity)
    reading = read_row(body, entity, changing=False, by_email=by_email)
    if by_email is not None and reading.email is not None:
        account = _account(transaction, reading.email)
        reading.values[by_email] = None if account is None else account.id
    row = _provisional(transaction, entity, reading, parent)
    sent = [name for name in reading.values if name in entity.to_one]
    _check_input(transaction, reading, row, sent)
    _check_sent(transaction, entity, reading, row)
    _check_create_access(transaction, entity, row)
    if by_email is not None and row.values.get(by_email) is None:
        raise Refused(
            422, why="no account has the address", fields={f"{by_email}_email": "unknown"}
        )
    if entity.part_of:
        check_editable(transaction, row)
    old = _same_row(transaction, entity, row)
    if old is not None:
        return _replace(transaction, old, row), False
    transaction.insert(row)
    _admit_creator(transaction, entity, row)
    check_rules(transaction, by_effects=False)
    _follow_up(transaction, entity, "create", row, None)
    return transaction.current(row), True


def _account(transaction: Transaction, email: str) -> Row | None:
    """The active account that has an address."""
    for user in transaction.store.rows(USER):
        if user.values["email"] == email and user.values.get("active", True):
            return user
    return None


def _provisional(
    transaction: Transaction, entity: Entity, reading: Reading, parent: Row | None
) -> Row:
    values = dict(reading.values)
    if entity.owner and transaction.subject.signed_in:
        values[entity.owner] = transaction.subject.id
    if entity.part_of and parent is not None:
        values[entity.part_of] = parent.id
    tenancy = transaction.application.tenancy
    if tenancy and entity.tenanted and transaction.tenant:
        values[tenancy.relation] = transaction.tenant.id
    return complete(transaction.view, entity, transaction.draft(entity, values))


def _check_input(transaction: Transaction, reading: Reading, row: Row, sent: list[str]) -> None:
    """All that is wrong with the input at once: values and references."""
    try:
        check_references(transaction.judge, row, sent)
    except Refused as refusal:
        reading.wrong |= dict.fromkeys(refusal.fields, refusal.why)
    reading.check()


def _check_sent(transaction: Transaction, entity: Entity, reading: Reading, row: Row) -> None:
    """Refuse keys that the subject may not send (`editable_by`)."""
    judge = transaction.judge
    wrong = [
        name
        for name, field in entity.fields.items()
        if name in reading.values and not judge.sees(field.editable_by, row)
    ] + [
        f"{name}_id"
        for name, relation in entity.to_one.items()
        if name in reading.values and not judge.sees(relation.editable_by, row)
    ]
    if wrong:
        raise Refused(422, why="it may not be sent by this actor", fields=wrong)


def _check_create_access(transaction: Transaction, entity: Entity, row: Row) -> None:
    judge = transaction.judge
    if entity.part_of and judge.through_parent(entity, "create"):
        return
    access = entity.access["create"]
    if not judge.admits(access, row):
        raise judge.forbidden("creating such a row is not for this actor")


def _same_row(transaction: Transaction, entity: Entity, row: Row) -> Row | None:
    """The row that an upsert replaces."""
    if not entity.upsert:
        return None
    wanted = [row.values.get(name) for name in entity.upsert]
    for other in transaction.store.rows(entity.name):
        if [other.values.get(name) for name in entity.upsert] == wanted:
            return other
    return None


def _replace(transaction: Transaction, old: Row, row: Row) -> Row:
    entity = transaction.application.entities[old.entity]
    owner = entity.owner
    if owner and old.values.get(owner) != transaction.subject.id:
        raise Refused(403, 404, 409, why="the row that this agrees with is somebody else's")
    check_editable(transaction, old)
    state = {entity.states.field} if entity.states else set[str]()
    values = {
        name: value
        for name, value in row.values.items()
        if name not in state and not _copied(entity, name)
    }
    changed = transaction.change(old, **values)
    if changed is not old:
        follow_change(transaction, changed, old)
    return transaction.current(changed)


def follow_change(transaction: Transaction, changed: Row, old: Row) -> None:
    """Look at the rules, then run the effects of a change by request."""
    entity = transaction.application.entities[old.entity]
    check_rules(transaction, by_effects=False)
    _follow_up(transaction, entity, "update", changed, old)


def _copied(entity: Entity, name: str) -> bool:
    return name in entity.fields and entity.fields[name].copied_from is not None


def _admit_creator(transaction: Transaction, entity: Entity, row: Row) -> None:
    """Whoever creates a tenant becomes its first member."""
    tenancy, members = transaction.application.tenancy, entity.members
    if not tenancy or entity.name != tenancy.tenant or members is None or not members.creator_role:
        return
    through = transaction.application.entities[members.through]
    values: dict[str, Any] = {
        members.place_relation: row.id,
        members.user_relation: transaction.subject.id,
    }
    if members.role_field:
        values[members.role_field] = members.creator_role
    transaction.insert(complete(transaction.view, through, transaction.draft(through, values)))


def update(transaction: Transaction, row: Row, body: Any) -> Row:
    """The row after a PATCH."""
    entity = transaction.application.entities[row.entity]
    reading = read_row(body, entity, changing=True)
    sent = [name for name in reading.values if name in entity.to_one]
    _check_input(transaction, reading, row.having(**reading.values), sent)
    _check_sent(transaction, entity, reading, row)
    if not reading.values:
        return row
    check_editable(transaction, row)
    changed = transaction.change(row, **reading.values)
    if changed is row:
        return row
    follow_change(transaction, changed, row)
    return transaction.current(changed)


def delete(transaction: Transaction, row: Row) -> None:
    """Delete a row by request."""
    entity = transaction.application.entities[row.entity]
    check_editable(transaction, row)
    _follow_up(transaction, entity, "delete", row, row)
    transaction.delete(row)
    check_rules(transaction, by_effects=False)


def _follow_up(
    transaction: Transaction, entity: Entity, event: str, row: Row, old: Row | None
) -> None:
    """Run the entity's own effects."""
    for effect in entity.effects:
        if not _concerns(effect, event, row, old):
            continue
        scene = Scene(transaction, row, {})
        if effect.condition is None or scene.evaluate(effect.condition):
            run(effect.effects, scene)


def _concerns(effect: EntityEffect, event: str, row: Row, old: Row | None) -> bool:
    if effect.on in ("create", "update", "delete"):
        return effect.on == event
    if event == "delete":
        return False
    earlier = old.values.get(effect.on) if old else None
    return bool(row.values.get(effect.on) != earlier)
