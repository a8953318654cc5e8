"""`same` and `where` of relations: which rows a row may refer to.

The service checks them with the input; these triggers check them on every other way of writing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from local_engine.generator.blueprint.expressions.expression import Path
from local_engine.generator.blueprint.resolved import Entity, ToOne
from local_engine.generator.emit.relational import plpgsql
from local_engine.generator.emit.relational.context import Context
from local_engine.generator.emit.relational.names import alias_of, quote, relation_column, snake
from local_engine.generator.emit.relational.paths import locks, own_columns
from local_engine.generator.emit.relational.row_sql import path_sql, sql_of
from local_engine.generator.emit.relational.schema import Function, Trigger

_MESSAGE = "There is no such row."


@dataclass(frozen=True)
class _Demand:
    """What is demanded of the row referred to: `broken` is the SQL for a row of that name."""

    option: str
    paths: tuple[Path, ...]

    def words(self, relation: ToOne) -> str:
        """The demand for people who read the database."""
        if self.option == "where":
            return f"only rows where {relation.where.text}" if relation.where else ""
        return f"only rows with the same {'.'.join(relation.same or ())}"

    def broken(self, context: Context, entity: Entity, relation: ToOne, row: str) -> str:
        """The condition that holds for rows which refer to a wrong row."""
        reference = f"{row}.{quote(relation_column(relation.name))}"
        if self.option == "same":
            there, here = (path_sql(context.application, entity, path, row) for path in self.paths)
            return f"{reference} IS NOT NULL\nAND {there}\n    IS DISTINCT FROM {here}"
        assert relation.where is not None, "only relations with `where` demand it"
        target = context.entity(relation.to)
        alias = alias_of(target)
        condition = sql_of(context.application, target, relation.where, alias)
        lines = [
            f"SELECT FROM {quote(target.table)} AS {alias}",
            f"WHERE {alias}.id = {reference} AND ({condition})",
        ]
        return f"{reference} IS NOT NULL AND NOT EXISTS (\n{plpgsql.indented(lines)}\n)"


def reference_triggers(context: Context, entity: Entity) -> Iterator[tuple[Function, Trigger]]:
    """The triggers of all relations of the entity."""
    for relation in entity.to_one.values():
        for demand in _demands(relation):
            yield _trigger(context, entity, relation, demand)


def _demands(relation: ToOne) -> Iterator[_Demand]:
    if relation.same is not None:
        yield _Demand("same", ((relation.name, *relation.same), relation.same))
    if relation.where is not None:
        paths = [(relation.name, *path) for path in sorted(relation.where.paths())]
        yield _Demand("where", tuple(paths))


def _trigger(
    context: Context, entity: Entity, relation: ToOne, demand: _Demand
) -> tuple[Function, Trigger]:
    """Looks only when the reference is new, or what it must agree with."""
    name = context.constraints[f"{snake(entity.name)}.{relation.name}.{demand.option}"]
    columns = own_columns(entity, _with_reference(relation, demand))
    table = quote(entity.table)
    same = plpgsql.all_of("TG_OP = 'UPDATE'", plpgsql.unchanged(columns))
    broken = demand.broken(context, entity, relation, "NEW")
    statements = [
        plpgsql.if_then(same, ["RETURN NULL;"]),
        *locks(context, entity, demand.paths),
        plpgsql.if_then(broken, [plpgsql.refuse(name, entity.table, _MESSAGE)]),
        "RETURN NULL;",
    ]
    function = Function(
        f"{quote(name)}()",
        plpgsql.body(statements),
        description=f"{snake(entity.name)}.{relation.name}: {demand.words(relation)}",
    )
    audit = demand.broken(context, entity, relation, table)
    return function, Trigger(name, "AFTER", ("INSERT", "UPDATE"), name, audit=audit)


def _with_reference(relation: ToOne, demand: _Demand) -> Iterable[Path]:
    return [(relation.name,), *demand.paths]
