"""Unique keys and foreign keys of an entity's table.

Where there is tenancy, keys begin with the tenant: uniqueness is per tenant, and a reference
cannot lead to another tenant's row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from local_engine.generator.blueprint.resolved import (
    Entity,
    Field,
    FieldType,
    ToOne,
    Unique,
)
from local_engine.generator.emit.relational.column_types import TEXT_TYPES
from local_engine.generator.emit.relational.context import Context
from local_engine.generator.emit.relational.names import (
    FILES,
    column_of,
    field_column,
    foreign_key_name,
    quote,
    relation_column,
    shortened,
    snake,
)
from local_engine.generator.emit.relational.row_sql import sql_of
from local_engine.generator.emit.relational.rules import upsert_rule
from local_engine.generator.emit.relational.schema import ForeignKey, UniqueKey

INDEX_BYTES = 2600
"""What surely fits into one entry of a B-tree index."""
_BYTES_A_CHARACTER = 4


def unique_elements(context: Context, entity: Entity, names: Sequence[str]) -> list[str]:
    """What a unique key over these fields and relations is built on: use it in ON CONFLICT too.

    Texts that may be too long for an index are represented by their hash.
    """
    columns = [column_of(entity, name) for name in names]
    tenant = context.tenant_column(entity)
    if tenant is not None and tenant not in columns:
        columns.insert(0, tenant)
    lengths = {column_of(entity, name): text_bytes(entity.fields.get(name)) for name in names}
    if sum(lengths.values()) <= INDEX_BYTES:
        return [quote(column) for column in columns]
    return [f"md5({quote(column)})" if lengths.get(column) else quote(column) for column in columns]


def text_bytes(field: Field | None) -> int:
    """How many bytes a text can have at most; 0 for values of a fixed size."""
    if field is None or field.type not in TEXT_TYPES:
        return 0
    if field.type is FieldType.ENUM:
        return max(len(value) for value in field.values)
    longest = field.maximum if isinstance(field.maximum, int) else INDEX_BYTES
    return longest * (1 if field.type is FieldType.SLUG else _BYTES_A_CHARACTER)


def unique_keys(context: Context, entity: Entity) -> Iterator[UniqueKey]:
    """The unique keys of fields, relations and rules, and the one that tenants' references need."""
    prefix = snake(entity.name)
    members: Iterable[Field | ToOne] = [*entity.fields.values(), *entity.to_one.values()]
    for member in members:
        if member.unique:
            elements = unique_elements(context, entity, [member.name])
            yield UniqueKey(context.constraints[f"{prefix}.{member.name}.unique"], tuple(elements))
    replaced = upsert_rule(entity)
    for rule in (*entity.rules, *([replaced] if replaced else ())):
        if isinstance(rule, Unique):
            elements = unique_elements(context, entity, rule.names)
            where = None
            if rule.where is not None:
                where = sql_of(context.application, entity, rule.where)
            yield UniqueKey(context.constraints[rule.id], tuple(elements), where)
    tenant = context.tenant_column(entity)
    if tenant is not None and entity.name in context.referred:
        yield UniqueKey(shortened(f"{entity.table}_{tenant}_id_key"), (quote(tenant), "id"))


def foreign_keys(context: Context, entity: Entity) -> Iterator[ForeignKey]:
    """The foreign keys of relations and of files."""
    tenant = context.tenant_column(entity)
    for relation in entity.to_one.values():
        target = context.entity(relation.to)
        column = relation_column(relation.name)
        within = tenant is not None and target.tenanted and not relation.implicit
        yield ForeignKey(
            foreign_key_name(entity.table, column),
            (tenant, column) if within and tenant is not None else (column,),
            target.table,
            (tenant, "id") if within and tenant is not None else ("id",),
            relation.on_delete.value,
        )
    for field in entity.fields.values():
        if field.type is FieldType.FILE:
            column = field_column(field)
            name = foreign_key_name(entity.table, column)
            yield ForeignKey(name, (column,), FILES, ("id",), "restrict")
