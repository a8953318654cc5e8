"""Indexes that keep lists, searches and deletions cheap however large the tables grow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from local_engine.generator.blueprint.resolved import Entity, Field, FieldType, UserAt
from local_engine.generator.emit.relational.context import Context
from local_engine.generator.emit.relational.keys import INDEX_BYTES, text_bytes
from local_engine.generator.emit.relational.names import (
    column_of,
    field_column,
    index_name,
    quote,
    relation_column,
    search_expression,
    shortened,
)
from local_engine.generator.emit.relational.schema import Index, UniqueKey

Columns = tuple[str, ...]
_UNORDERED = frozenset({FieldType.JSON, FieldType.LIST, FieldType.FILE})


def indexes_of(
    context: Context, entity: Entity, unique_keys: Sequence[UniqueKey]
) -> Iterator[Index]:
    """The indexes of the table; none that another one, or a unique key, does the work of."""
    present = [key.elements for key in unique_keys if key.where is None]
    wanted = list(dict.fromkeys(_wanted(context, entity, present)))
    for position, columns in enumerate(wanted):
        others = [*present, *wanted[:position], *wanted[position + 1 :]]
        if not any(_begins(other, columns) for other in others):
            bare = [column.strip('"').removesuffix(" DESC") for column in columns]
            yield Index(index_name(entity.table, bare), columns)
    if any(field.search for field in entity.fields.values()):
        element = f"({search_expression(entity)}) gin_trgm_ops"
        yield Index(shortened(f"{entity.table}_search_idx"), (element,), "gin")


def _begins(columns: Columns, prefix: Columns) -> bool:
    return columns[: len(prefix)] == prefix


def _wanted(context: Context, entity: Entity, present: Sequence[Columns]) -> Iterator[Columns]:
    order = _default_order(entity)
    scope = _scope(context, entity)
    if scope or _lists_all(entity):
        yield (*scope, *order)
    if entity.owner is not None:
        yield (relation_column(entity.owner), *order)
    for relation in entity.to_one:
        reference = (quote(relation_column(relation)),)
        found = any(_begins(other, reference) for other in present)
        # A list below the row referred to, or filtered by it, is read in its order.
        yield (*reference, *order) if _is_listed(entity) and not found else reference
    for column in _file_columns(entity):
        yield (quote(column),)
    yield from _extremes(context, entity)
    for field in entity.fields.values():
        if not (field.sort or field.filter) or not _fits(field):
            continue
        column = quote(field_column(field))
        yield (*scope, column, "id") if field.sort else (*scope, column, *order)
    if entity.states is not None:
        yield (*scope, quote(entity.states.field), *order)


def _default_order(entity: Entity) -> Columns:
    """The order of lists without `sort=`, as an index over it: backwards is as good."""
    names = entity.default_sort
    descending = [name.startswith("-") for name in names]
    columns = [quote(column_of(entity, name.removeprefix("-"))) for name in names]
    if len(set(descending)) > 1:
        pairs = zip(columns, descending, strict=True)
        columns = [f"{column} DESC" if down else column for column, down in pairs]
    return (*columns, "id")


def _scope(context: Context, entity: Entity) -> Columns:
    """The columns that every list of the entity is narrowed by."""
    if entity.part_of is not None:
        return (quote(relation_column(entity.part_of)),)
    tenant = context.tenant_column(entity)
    return () if tenant is None else (quote(tenant),)


def _is_listed(entity: Entity) -> bool:
    return not entity.access["list"].nobody or entity.reads_through_parent


def _lists_all(entity: Entity) -> bool:
    """Whether some actor lists rows that are not all their own."""
    own = (entity.owner,)
    return any(
        not (isinstance(clause.actor, UserAt) and clause.actor.path == own)
        for clause in entity.access["list"].clauses
    )


def _file_columns(entity: Entity) -> Iterator[str]:
    for field in entity.fields.values():
        if field.type is FieldType.FILE:
            yield field_column(field)


def _extremes(context: Context, entity: Entity) -> Iterator[Columns]:
    """For the least or greatest value among the children of a row: one look into an index."""
    for name, relation in entity.to_one.items():
        parent = context.entity(relation.to)
        for field in parent.fields.values():
            derived = field.derived
            if derived is None or derived.function not in ("min", "max") or derived.value is None:
                continue
            many = parent.to_many[derived.many]
            value = entity.fields.get(derived.value.text)
            if (many.of, many.inverse) == (entity.name, name) and value is not None:
                yield quote(relation_column(name)), quote(field_column(value))


def _fits(field: Field) -> bool:
    return field.type not in _UNORDERED and text_bytes(field) <= INDEX_BYTES
