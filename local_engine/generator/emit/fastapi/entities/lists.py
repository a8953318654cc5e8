"""What a list of an entity may be filtered, sorted and searched by: its `ListQuery`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import Access, Entity, Field, FieldType, ToOne
from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.fastapi.sql.access import admits
from local_engine.generator.emit.fastapi.sql.rows import Row
from local_engine.generator.emit.fastapi.sql.text import TRUE
from local_engine.generator.emit.python import (
    Call,
    Constant,
    Dictionary,
    Expression,
    TextBlock,
    call,
    const,
    imported,
    listing,
)
from local_engine.generator.emit.relational.names import relation_column, search_expression

_VALUES = "app.core.values"
_VALUE_TYPES = {
    FieldType.INTEGER: "INTEGER",
    FieldType.DECIMAL: "DECIMAL",
    FieldType.MONEY: "DECIMAL",
    FieldType.BOOLEAN: "BOOLEAN",
    FieldType.DATE: "DATE",
    FieldType.TIME: "TIME",
    FieldType.DATETIME: "DATETIME",
    FieldType.DURATION: "DURATION",
    FieldType.UUID: "ID",
}


@dataclass(frozen=True)
class ListedName:
    """A name that a list knows: where it may be used, and who may use it (None: everybody)."""

    name: str
    column: str
    type: Expression
    filter: bool
    sort: bool
    nullable: bool
    access: Access | None = None


def listed_names(plan: Plan) -> Iterator[ListedName]:
    """All names that lists of the entity can be filtered or sorted by."""
    entity = plan.entity
    row = plan.row
    for field in entity.fields.values():
        if not field.private and (field.filter or field.sort or _in_default(entity, field.name)):
            yield _of_field(field, row)
    for relation in entity.to_one.values():
        if not relation.implicit:
            yield _of_relation(relation, row)
    if entity.states is not None:
        kind = call(imported(_VALUES, "one_of"), _texts(entity.states.values))
        name = entity.states.field
        yield ListedName(name, row.value(name), kind, filter=True, sort=False, nullable=False)
    time = imported(_VALUES, "DATETIME")
    for name in ("created_at", "updated_at"):
        yield ListedName(name, row.value(name), time, filter=False, sort=True, nullable=False)


def _in_default(entity: Entity, name: str) -> bool:
    return any(key.removeprefix("-") == name for key in entity.default_sort)


def _of_field(field: Field, row: Row) -> ListedName:
    nullable = field.optional
    column = row.value(field.name)
    if field.visible_to is not None:
        shown = admits(field.visible_to, row)
        if shown != TRUE:
            column, nullable = f"(CASE WHEN {shown} THEN {column} END)", True
    kind = value_type(field)
    access = field.visible_to
    return ListedName(field.name, column, kind, field.filter, field.sort, nullable, access)


def _of_relation(relation: ToOne, row: Row) -> ListedName:
    nullable = relation.optional
    column = row.value(relation.name)
    if relation.visible_to is not None:
        shown = admits(relation.visible_to, row)
        if shown != TRUE:
            column, nullable = f"(CASE WHEN {shown} THEN {column} END)", True
    kind = imported(_VALUES, "ID")
    name = relation_column(relation.name)
    return ListedName(name, column, kind, True, False, nullable, relation.visible_to)


def value_type(field: Field) -> Expression:
    """How the text of a value in a query string is read."""
    if field.type is FieldType.ENUM:
        return call(imported(_VALUES, "one_of"), _texts(field.values))
    return imported(_VALUES, _VALUE_TYPES.get(field.type, "TEXT"))


def _texts(values: tuple[str, ...]) -> Expression:
    return listing(*map(const, values))


def list_query(plan: Plan) -> Call:
    """The `ListQuery` of the entity."""
    entity = plan.entity
    fields = Dictionary(tuple((const(n.name), _of_name(n)) for n in listed_names(plan)))
    options: dict[str, Expression] = {
        "fields": fields,
        "key": const(plan.row.id),
        "default_sort": const(",".join(entity.default_sort)),
    }
    if any(field.search for field in entity.fields.values()):
        options["search"] = _search(plan)
    return call(imported("app.core.pagination", "ListQuery"), **options)


def _search(plan: Plan) -> Constant | TextBlock:
    row = plan.row
    hidden = [f.name for f in plan.entity.fields.values() if f.search and f.visible_to is not None]
    if not hidden:
        return const(search_expression(plan.entity, plan.entity.table).replace("%", "%%"))
    shown = [f for f in plan.entity.fields.values() if f.search]
    parts = []
    for field in shown:
        column = row.value(field.name)
        if field.visible_to is not None:
            column = f"CASE WHEN {admits(field.visible_to, row)} THEN {column} END"
        parts.append(f"coalesce({column}, '')")
    joined = " || E'\\n' || ".join(parts)
    return const(f'lower(({joined}) COLLATE "pg_c_utf8")')


def _of_name(name: ListedName) -> Call:
    return list_field(
        name.column, name.type, filter=name.filter, sort=name.sort, nullable=name.nullable
    )


def list_field(column: str, kind: Expression, **flags: bool) -> Call:
    """A `ListField`; flags that are off are left out."""
    given: dict[str, Expression] = {flag: const(True) for flag, on in flags.items() if on}
    return call(imported("app.core.pagination", "ListField"), const(column), kind, **given)


def hidden_names(plan: Plan) -> Iterator[ListedName]:
    """Names that only some actors know, decided by who asks and not by the row."""
    for name in listed_names(plan):
        if name.access is not None and not any(c.row_level for c in name.access.clauses):
            yield name
