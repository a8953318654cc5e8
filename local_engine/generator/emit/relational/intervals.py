"""`no_overlap` rules: exclusion constraints over half-open ranges."""

from __future__ import annotations

from local_engine.generator.blueprint.resolved import Entity, FieldType, NoOverlap
from local_engine.generator.emit.relational.context import Context
from local_engine.generator.emit.relational.names import column_of, quote
from local_engine.generator.emit.relational.row_sql import sql_of
from local_engine.generator.emit.relational.schema import Check, Exclusion

_RANGES = {FieldType.DATETIME: "tstzrange", FieldType.DATE: "daterange"}


def order_check(context: Context, entity: Entity, rule: NoOverlap) -> Check:
    """The interval begins before it ends."""
    start, end = _ends(entity, rule)
    return Check(context.constraints[f"{rule.id}.order"], f"{start} < {end}")


def overlap_exclusion(context: Context, entity: Entity, rule: NoOverlap) -> Exclusion:
    """The intervals of rows that agree in `per` (and the tenant) have no point in common.

    Raises KeyError for an interval of anything but dates and datetimes.
    """
    start, end = _ends(entity, rule)
    columns = [column_of(entity, name) for name in rule.per]
    tenant = context.tenant_column(entity)
    if tenant is not None and tenant not in columns:
        columns.insert(0, tenant)
    interval = f"{_RANGES[entity.fields[rule.start].type]}({start}, {end})"
    elements = [(quote(column), "=") for column in columns] + [(interval, "&&")]
    where = None
    if rule.where is not None:
        where = sql_of(context.application, entity, rule.where)
    return Exclusion(context.constraints[rule.id], tuple(elements), where)


def _ends(entity: Entity, rule: NoOverlap) -> tuple[str, str]:
    return quote(column_of(entity, rule.start)), quote(column_of(entity, rule.end))
