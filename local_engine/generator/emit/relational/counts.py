"""`at_most` rules: how many rows there may be, also when many are written at once.

Writers that add to the same count wait for one another on a row that they share: the row counted
for, the tenant, or without either a lock of the rule's own. Each then counts in a new statement.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from local_engine.generator.blueprint.resolved import AtMost, Entity
from local_engine.generator.emit.relational import plpgsql
from local_engine.generator.emit.relational.context import Context
from local_engine.generator.emit.relational.names import (
    alias_of,
    literal,
    quote,
    relation_column,
    shortened,
)
from local_engine.generator.emit.relational.paths import lock, locks, own_columns
from local_engine.generator.emit.relational.row_rules import unwritten
from local_engine.generator.emit.relational.row_sql import reached_sql, sql_of
from local_engine.generator.emit.relational.schema import Function, Trigger


def count_trigger(context: Context, entity: Entity, rule: AtMost) -> tuple[Function, Trigger]:
    """Counts after a row that counts was written."""
    name = context.constraints[rule.id]
    statements = [_skip(entity, rule), *_uncounted(context, entity, rule)]
    statements += _locks(context, entity, rule)
    counted = _count(context, entity, rule, "NEW")
    refusal = plpgsql.refuse(name, entity.table, rule.message)
    limit = _limit(context, entity, rule, "NEW")
    statements += [
        plpgsql.if_then(f"{counted} > {limit}", [refusal]),
        "RETURN NULL;",
    ]
    function = Function(f"{quote(name)}()", plpgsql.body(statements), description=_words(rule))
    audit = None
    if rule.where is None or not rule.where.uses_now:
        audit = _audit(context, entity, rule)
    return function, Trigger(name, "AFTER", ("INSERT", "UPDATE"), name, audit=audit)


def _words(rule: AtMost) -> str:
    """The rule for people who read the database."""
    limit = rule.limit if isinstance(rule.limit, int) else rule.limit.text
    per = f" for each {' and '.join(rule.per)}" if rule.per else ""
    where = f" where {rule.where.text}" if rule.where is not None else ""
    return f"{rule.id}: at most {limit}{per}{where}"


def _skip(entity: Entity, rule: AtMost) -> str:
    """Leaves where an update cannot have raised a count.

    What the clock or other rows decide can be true today and was not yesterday, so then every
    write by somebody counts anew.
    """
    paths = {(name,) for name in rule.per} | (rule.where.paths() if rule.where else set())
    columns = own_columns(entity, paths)
    if rule.where is not None and not rule.where.reads_only_own_fields:
        return unwritten(columns)
    if not columns:
        return plpgsql.if_then("TG_OP = 'UPDATE'", ["RETURN NULL;"])
    same = plpgsql.all_of("TG_OP = 'UPDATE'", plpgsql.unchanged(columns))
    return plpgsql.if_then(same, ["RETURN NULL;"])


def _uncounted(context: Context, entity: Entity, rule: AtMost) -> Iterator[str]:
    """Leaves where the row does not count itself."""
    reasons = [
        f"NEW.{quote(relation_column(name))} IS NULL"
        for name in rule.per
        if entity.to_one[name].optional
    ]
    if rule.where is not None:
        condition = sql_of(context.application, entity, rule.where, "NEW")
        reasons.append(f"NOT ({condition})")
    if reasons:
        yield plpgsql.if_then(" OR ".join(reasons), ["RETURN NULL;"])


def _locks(context: Context, entity: Entity, rule: AtMost) -> Iterator[str]:
    if rule.where is not None:
        yield from locks(context, entity, rule.where.paths())
    tenant = context.tenant_column(entity)
    if rule.per:
        target = context.entity(entity.to_one[rule.per[0]].to)
        key = f"NEW.{quote(relation_column(rule.per[0]))}"
        yield lock(target.table, [key], strong=True)
    elif tenant is not None and context.application.tenancy is not None:
        target = context.entity(context.application.tenancy.tenant)
        yield lock(target.table, [f"NEW.{quote(tenant)}"], strong=True)
    else:
        yield f"PERFORM pg_advisory_xact_lock(hashtextextended({literal(rule.id)}, 0));"


def _count(context: Context, entity: Entity, rule: AtMost, row: str) -> str:
    """The number of rows that count together with the row `row`."""
    alias = alias_of(entity)
    tenant = context.tenant_column(entity)
    columns = [relation_column(name) for name in rule.per]
    if tenant is not None:
        columns.insert(0, tenant)
    conditions = [f"{alias}.{quote(column)} = {row}.{quote(column)}" for column in columns]
    if rule.where is not None:
        conditions.append(f"({sql_of(context.application, entity, rule.where, alias)})")
    return _counting(entity, alias, conditions)


def _counting(entity: Entity, alias: str, conditions: Sequence[str]) -> str:
    """The number of rows that meet all conditions, as a sub-select."""
    lines = [f"SELECT count(*) FROM {quote(entity.table)} AS {alias}"]
    if conditions:
        lines.append("WHERE " + "\n    AND ".join(conditions))
    line = " ".join(lines)
    if len(conditions) < 2 and len(line) <= plpgsql.WIDTH - 20:
        return f"({line})"
    return f"(\n{plpgsql.indented(lines)}\n)"


def _limit(context: Context, entity: Entity, rule: AtMost, row: str) -> str:
    """The greatest number of rows that may count together with the row `row`."""
    if isinstance(rule.limit, int):
        return str(rule.limit)
    return sql_of(context.application, entity, rule.limit, row)


def _audit(context: Context, entity: Entity, rule: AtMost) -> str:
    """The condition that holds for rows of groups that are too large."""
    row = quote(entity.table)
    many = f"{_count(context, entity, rule, row)} > {_limit(context, entity, rule, row)}"
    if rule.where is None:
        return many
    return f"({sql_of(context.application, entity, rule.where, row)}) AND {many}"


def capacity_triggers(context: Context, parent: Entity) -> Iterator[tuple[Function, Trigger]]:
    """Counts again when a limit that stands in a row of the parent was changed.

    The update holds a lock on that row, which is the one that writers of counted rows wait for.
    """
    for entity, rule in context.capacities.get(parent.name, ()):
        assert not isinstance(rule.limit, int), "a number is not a capacity"
        constraint = context.constraints[rule.id]
        name = shortened(f"{constraint}_capacity")
        relation = quote(relation_column(rule.per[0]))
        alias = alias_of(entity)
        conditions = [f"{alias}.{relation} = NEW.id"]
        if rule.where is not None:
            conditions.append(f"({sql_of(context.application, entity, rule.where, alias)})")
        counted = _counting(entity, alias, conditions)
        limit = reached_sql(context.application, entity, rule.limit, rule.per[0], "NEW")
        refusal = plpgsql.refuse(constraint, entity.table, rule.message)
        statements = [plpgsql.if_then(f"{counted} > {limit}", [refusal]), "RETURN NULL;"]
        description = f"{rule.id}: when the limit is lowered"
        function = Function(f"{quote(name)}()", plpgsql.body(statements), description=description)
        paths = [path[1:] for path in rule.limit.paths()]
        changed = plpgsql.changed(own_columns(parent, paths))
        yield function, Trigger(name, "AFTER", ("UPDATE",), name, condition=changed)
