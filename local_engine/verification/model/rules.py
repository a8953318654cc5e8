"""Which rules the rows of a transaction break: docs/blueprint.md, §6, and the options of §4, §5."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local_engine.generator.blueprint.expressions import Expression, ExpressionError
from local_engine.generator.blueprint.resolved import (
    AtMost,
    Check,
    EditableWhile,
    Entity,
    NoOverlap,
    Rule,
    Unique,
)
from local_engine.verification.model.outcome import Refused
from local_engine.verification.model.scope import View
from local_engine.verification.model.store import Row
from local_engine.verification.model.transaction import Transaction
from local_engine.verification.routes import snake

Violation = tuple[str, int]
NO_VALUE = ""
"""In place of a rule's id: what the rule asks has no value, such as a division by zero."""


def rules_of(entity: Entity) -> Iterator[Rule]:
    """All rules about rows of an entity, those that are written as options of fields too."""
    yield from entity.rules
    written = {rule.names for rule in entity.rules if isinstance(rule, Unique)}
    options = [field.name for field in entity.fields.values() if field.unique]
    options += [relation.name for relation in entity.to_one.values() if relation.unique]
    for name in options:
        if (name,) not in written:
            yield Unique(f"{snake(entity.name)}.{name}.unique", (name,), None, "")
    if entity.upsert and not any(set(names) == set(entity.upsert) for names in written):
        yield Unique(f"{snake(entity.name)}.upsert", entity.upsert, None, "")


def never_below_id(entity: Entity, name: str) -> str:
    """The id of the rule that keeps a field from sinking too low."""
    return f"{snake(entity.name)}.{name}.never_below"


def check_rules(transaction: Transaction, *, by_effects: bool) -> None:
    """Refuse if a rule is broken; in operations and effects that is always 409."""
    found = dict(_violations(transaction))
    if not found:
        return
    if found.pop(NO_VALUE, None):  # whichever of them is looked at first answers
        others = {409 if by_effects else status for status in found.values()}
        raise Refused(422, *others, why="what a rule asks has no value")
    inputs = {id_ for id_, status in found.items() if status == 422}
    rules = inputs if inputs and not by_effects else set(found)
    status = 422 if inputs and not by_effects else 409
    raise Refused(status, why=f"the rule {' or '.join(sorted(rules))} is broken", rules=rules)


def _violations(transaction: Transaction) -> Iterator[Violation]:
    for key in list(transaction.touched):
        row = transaction.store.find(*key)
        if row is None:
            continue
        entity = transaction.application.entities[row.entity]
        for rule in rules_of(entity):
            yield from _broken(transaction, rule, row)
    yield from _capacities(transaction)
    yield from _too_low(transaction)


def _broken(transaction: Transaction, rule: Rule, row: Row) -> Iterator[Violation]:
    match rule:
        case Check():
            applies = rule.on_create if row.key in transaction.created else rule.on_update
            if applies:
                yield from _unmet(transaction, rule, row)
        case Unique():
            if _has_twin(transaction.view, rule, row):
                yield rule.id, 409
        case AtMost():
            if _overfull(transaction, rule, row):
                yield rule.id, 409
        case NoOverlap():
            yield from _overlap(transaction.view, rule, row)


def _unmet(transaction: Transaction, rule: Check, row: Row) -> Iterator[Violation]:
    try:
        if not _holds(transaction, rule.expression, row):
            yield rule.id, rule.status
    except ExpressionError:
        yield NO_VALUE, 422


def _holds(transaction: Transaction, expression: Expression, row: Row) -> bool:
    user = transaction.view.user(transaction.subject.id)
    return transaction.view.holds(expression, row, user=user)


def counts(view: View, where: Expression | None, row: Row) -> bool:
    """Whether a row is among those that a rule is about."""
    return where is None or view.holds(where, row)


def _raw(view: View, row: Row, name: str) -> Any:
    """A field's value, or the id of the row that a relation leads to."""
    entity = view.application.entities[row.entity]
    return row.values.get(name) if name in entity.to_one else view.get(row, name)


def _agreeing(view: View, row: Row, names: tuple[str, ...]) -> Iterator[Row]:
    """Other rows of the same tenant with the same values in these names, none of them null."""
    entity = view.application.entities[row.entity]
    tenancy = view.application.tenancy
    tenant = (tenancy.relation,) if tenancy and entity.tenanted else ()
    wanted = [_raw(view, row, name) for name in (*names, *tenant)]
    if any(value is None for value in wanted):
        return
    for other in view.store.rows(row.entity):
        if other.id != row.id and wanted == [_raw(view, other, name) for name in (*names, *tenant)]:
            yield other


def _has_twin(view: View, rule: Unique, row: Row) -> bool:
    if not counts(view, rule.where, row):
        return False
    return any(counts(view, rule.where, other) for other in _agreeing(view, row, rule.names))


def _overlap(view: View, rule: NoOverlap, row: Row) -> Iterator[Violation]:
    start, end = view.get(row, rule.start), view.get(row, rule.end)
    if start is None or end is None:
        return
    if not start < end:
        yield rule.id, 422
        return
    if not counts(view, rule.where, row):
        return
    for other in _agreeing(view, row, rule.per):
        begins, ends = view.get(other, rule.start), view.get(other, rule.end)
        if begins is None or ends is None or not counts(view, rule.where, other):
            continue
        if start < ends and begins < end:
            yield rule.id, 409


def group_size(view: View, rule: AtMost, row: Row) -> int | None:
    """How many rows of the row's group the rule counts; None where there is no group."""
    if any(row.values.get(name) is None for name in rule.per):
        return None
    others = sum(counts(view, rule.where, other) for other in _agreeing(view, row, rule.per))
    there = view.store.find(*row.key) is not None
    return others + (there and counts(view, rule.where, row))


def limit_of(view: View, rule: AtMost, row: Row) -> int:
    """The most rows of the row's group that the rule admits."""
    if isinstance(rule.limit, int):
        return rule.limit
    relation = rule.per[0]
    return capacity(view, rule.limit, view.get(row, relation), relation)


def capacity(view: View, limit: Expression, place: Row, relation: str) -> int:
    """What a limit comes to that is worked out from the row which has the capacity."""
    value = view.evaluate(limit, place, names={relation: place})
    return int(value) if value is not None else 2**63


def _overfull(transaction: Transaction, rule: AtMost, row: Row) -> bool:
    view, before = transaction.view, transaction.before
    if not counts(view, rule.where, row):
        return False
    size, limit = group_size(view, rule, row), limit_of(view, rule, row)
    if size is None or size <= limit:
        return False
    old = before.store.find(*row.key)
    same_group = old and all(old.values.get(name) == row.values.get(name) for name in rule.per)
    return not (same_group and old and counts(before, rule.where, old))


def _capacities(transaction: Transaction) -> Iterator[Violation]:
    """Capacities that were lowered under the number of rows there are."""
    view = transaction.view
    for entity in transaction.application.own_entities:
        for rule in entity.rules:
            if not isinstance(rule, AtMost) or isinstance(rule.limit, int):
                continue
            relation = entity.to_one[rule.per[0]]
            for key in list(transaction.touched):
                place = transaction.store.find(*key) if key[0] == relation.to else None
                old = transaction.before.store.find(*key)
                if place is None or old is None:
                    continue
                limit = capacity(view, rule.limit, place, relation.name)
                if limit >= capacity(transaction.before, rule.limit, old, relation.name):
                    continue
                rows = [
                    row
                    for row in view.store.rows(entity.name)
                    if row.values.get(relation.name) == place.id and counts(view, rule.where, row)
                ]
                if len(rows) > limit:
                    yield rule.id, 409


def _too_low(transaction: Transaction) -> Iterator[Violation]:
    """Fields that sink below what they may never be below."""
    if not transaction.touched and not transaction.removed:
        return
    for entity in transaction.application.entities.values():
        for field in entity.fields.values():
            if field.never_below is None:
                continue
            for row in transaction.store.rows(entity.name):
                value = transaction.view.get(row, field.name)
                if value is None or value >= field.never_below:
                    continue
                old = transaction.before.store.find(*row.key)
                earlier = transaction.before.get(old, field.name) if old else None
                if earlier is None or value < earlier:
                    yield never_below_id(entity, field.name), 409


def check_editable(transaction: Transaction, row: Row) -> None:
    """Refuse unless the row, and all that it is a part of, may be changed now."""
    found: Row | None = row
    own = True
    while found is not None:
        entity = transaction.application.entities[found.entity]
        for rule in entity.rules:
            if isinstance(rule, EditableWhile) and not _holds(transaction, rule.expression, found):
                raise Refused(
                    409,
                    why=f"{'it' if own else entity.name} may not be changed now",
                    rules={rule.id},
                )
        found, own = transaction.judge.parent(found), False
