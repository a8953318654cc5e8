"""Which rule each constraint of the database keeps: what the service tells whoever breaks it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from local_engine.generator.blueprint.resolved import (
    Application,
    AtMost,
    Check,
    EditableWhile,
    Entity,
    FieldType,
    NoOverlap,
    Unique,
)
from local_engine.generator.emit.relational.limits import limits_of
from local_engine.generator.emit.relational.names import (
    constraint_name,
    field_column,
    foreign_key_name,
    link_columns,
    link_table,
    relation_column,
    shortened,
    snake,
)

REFERENCE = "reference"
"""The code of references to rows that are not there (or may not be referred to)."""
_MISSING = "There is no such row."


@dataclass(frozen=True)
class RuleEntry:
    """A constraint (or trigger) of the database and what breaking it means.

    `rule_id` is the rule's id in the Blueprint; `status` is 409, or 422 where the input alone
    decides and `pointer` names the key in the body. `code` is stable for programs.

    A foreign key has the `code` "reference" and an `entity`: the one whose rows refer. It is
    broken in two ways: by a delete of the row referred to (restrict_violation, 23001: answer 409
    naming `entity`), or by a write of a row that refers to nothing (foreign_key_violation, 23503:
    answer `status` with `pointer`, which is None where no client sends the reference).
    """

    constraint: str
    rule_id: str
    message: str
    status: int = 409
    pointer: str | None = None
    code: str = "rule"
    entity: str | None = None


def rules_of(application: Application) -> list[RuleEntry]:
    """Every constraint that a write can break, in the order of the Blueprint.

    Constraint names are unique in the whole project, also where ids differ only in their dots.
    """
    taken: dict[str, str] = {}
    entries: list[RuleEntry] = []
    for entity in application.entities.values():
        for entry in _of_entity(application, entity):
            holder = taken.setdefault(entry.constraint, entry.rule_id)
            if holder != entry.rule_id:
                name = _distinct(entry)
                taken[name] = entry.rule_id
                entry = replace(entry, constraint=name)
            entries.append(entry)
    return entries


def constraints_by_rule(application: Application) -> dict[str, str]:
    """The constraint of each rule id; of foreign keys too, by `<entity>.<relation>`."""
    return {_key(entry): entry.constraint for entry in rules_of(application)}


def _key(entry: RuleEntry) -> str:
    """No-overlap rules have two constraints: the order of start and end is the second."""
    ordered = entry.status == 422 and entry.code == "order"
    return f"{entry.rule_id}.order" if ordered else entry.rule_id


def _distinct(entry: RuleEntry) -> str:
    digest = hashlib.sha256(entry.rule_id.encode()).hexdigest()[:8]
    return shortened(f"{entry.constraint[:54]}_{digest}")


def _of_entity(application: Application, entity: Entity) -> Iterator[RuleEntry]:
    prefix = snake(entity.name)
    for limit in limits_of(entity, application.currency_digits):
        yield RuleEntry(constraint_name(limit.rule_id), limit.rule_id, limit.message)
    for field in entity.fields.values():
        if field.unique:
            rule_id = f"{prefix}.{field.name}.unique"
            yield RuleEntry(constraint_name(rule_id), rule_id, f"this {field.name} is taken")
    for rule in entity.rules:
        yield from _of_rule(rule)
    replaced = upsert_rule(entity)
    if replaced is not None:
        yield from _of_rule(replaced)
    if entity.append_only:
        rule_id = f"{prefix}.append_only"
        message = "Rows of this kind are never changed or deleted."
        yield RuleEntry(constraint_name(rule_id), rule_id, message)
    yield from _of_relations(entity)
    yield from _of_links(entity)


def upsert_rule(entity: Entity) -> Unique | None:
    """The uniqueness that `upsert` stands on, where no other rule demands it already."""
    names = set(entity.upsert)
    unique = [rule for rule in entity.rules if isinstance(rule, Unique)]
    if not names or any(set(rule.names) == names and rule.where is None for rule in unique):
        return None
    alone = {field.name for field in entity.fields.values() if field.unique}
    alone |= {relation.name for relation in entity.to_one.values() if relation.unique}
    if len(names) == 1 and names <= alone:
        return None
    rule_id = f"{snake(entity.name)}.unique"
    if any(rule.id == rule_id for rule in unique):
        rule_id = f"{snake(entity.name)}.upsert"
    message = f"there is one with the same {' and '.join(entity.upsert)} already"
    return Unique(rule_id, entity.upsert, None, message)


def _of_rule(rule: Check | Unique | AtMost | NoOverlap | EditableWhile) -> Iterator[RuleEntry]:
    name = constraint_name(rule.id)
    match rule:
        case Check(status=status, field=field):
            pointer = f"/{field}" if field is not None and status == 422 else None
            yield RuleEntry(name, rule.id, rule.message, status, pointer)
        case Unique() | AtMost():
            yield RuleEntry(name, rule.id, rule.message)
        case NoOverlap(end=end):
            yield RuleEntry(name, rule.id, rule.message)
            message = f"{rule.start} must be before {end}"
            order = constraint_name(f"{rule.id}.order")
            yield RuleEntry(order, rule.id, message, 422, f"/{end}", "order")


def _of_relations(entity: Entity) -> Iterator[RuleEntry]:
    prefix = snake(entity.name)
    for relation in entity.to_one.values():
        column, rule_id = relation_column(relation.name), f"{prefix}.{relation.name}"
        by_service = relation.implicit or relation.name in (entity.owner, entity.part_of)
        pointer = None if by_service else f"/{column}"
        key = foreign_key_name(entity.table, column)
        yield RuleEntry(key, rule_id, _MISSING, 422, pointer, REFERENCE, entity.name)
        if relation.unique:
            name = constraint_name(f"{rule_id}.unique")
            yield RuleEntry(name, f"{rule_id}.unique", f"this {relation.name} is taken")
        for option in ("same", "where"):
            if getattr(relation, option) is not None:
                name = constraint_name(f"{rule_id}.{option}")
                yield RuleEntry(name, f"{rule_id}.{option}", _MISSING, 422, pointer, REFERENCE)
    for field in entity.fields.values():
        if field.type is FieldType.FILE:
            key = foreign_key_name(entity.table, field_column(field))
            rule_id = f"{prefix}.{field.name}.file"
            yield RuleEntry(key, rule_id, _MISSING, 422, None, REFERENCE, entity.name)


def _of_links(entity: Entity) -> Iterator[RuleEntry]:
    for links in entity.links.values():
        table = link_table(entity, links)
        for side, column in zip(("from", "to"), link_columns(entity, links), strict=True):
            rule_id = f"{snake(entity.name)}.{links.name}.{side}"
            key = foreign_key_name(table, column)
            yield RuleEntry(
                key, rule_id, "There is no such row.", 422, None, REFERENCE, entity.name
            )
