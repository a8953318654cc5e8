"""Makes the schema of an application: `schema_of`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from local_engine.generator.blueprint.expressions.sql_functions import SqlFunction
from local_engine.generator.blueprint.resolved import (
    USER,
    Application,
    AtMost,
    Check,
    Entity,
    FieldType,
    Links,
    NoOverlap,
)
from local_engine.generator.emit.relational import plpgsql
from local_engine.generator.emit.relational.columns import columns_of
from local_engine.generator.emit.relational.context import Context
from local_engine.generator.emit.relational.counts import capacity_triggers, count_trigger
from local_engine.generator.emit.relational.deletion import deletion_trigger
from local_engine.generator.emit.relational.derived import derived_triggers
from local_engine.generator.emit.relational.distinct import with_distinct_names
from local_engine.generator.emit.relational.functions import called_in, in_order
from local_engine.generator.emit.relational.indexes import indexes_of
from local_engine.generator.emit.relational.intervals import order_check, overlap_exclusion
from local_engine.generator.emit.relational.keys import foreign_keys, unique_keys
from local_engine.generator.emit.relational.limits import limits_of
from local_engine.generator.emit.relational.names import (
    field_column,
    foreign_key_name,
    index_name,
    link_columns,
    link_table,
    quote,
    shortened,
    snake,
)
from local_engine.generator.emit.relational.references import reference_triggers
from local_engine.generator.emit.relational.row_rules import (
    check_constraint,
    check_trigger,
    is_constraint,
)
from local_engine.generator.emit.relational.schema import (
    Check as CheckConstraint,
)
from local_engine.generator.emit.relational.schema import (
    Column,
    Exclusion,
    ForeignKey,
    Function,
    Index,
    Schema,
    Table,
    Trigger,
)


def schema_of(application: Application, also: Iterable[SqlFunction] = ()) -> Schema:
    """The tables of the application, and its own columns of the fixed table `users`.

    With the functions that these call, and those that are called `also`, by its queries.
    """
    context = Context.of(application)
    tables = [_table(context, entity) for entity in application.entities.values()]
    links = [
        _link_table(context, entity, pair)
        for entity in application.own_entities
        for pair in entity.links.values()
    ]
    present = [table for table in tables if table.columns or table.triggers]
    ordered = tuple(with_distinct_names([*_in_order(present), *links]))
    functions = in_order({*called_in(repr(ordered)), *also})
    return Schema(_extensions(ordered), functions, ordered, application.time_zone)


def _extensions(tables: Iterable[Table]) -> tuple[str, ...]:
    needed = set()
    for table in tables:
        if table.exclusions:
            needed.add("btree_gist")
        if any(index.method == "gin" for index in table.indexes):
            needed.add("pg_trgm")
    return tuple(sorted(needed))


def _table(context: Context, entity: Entity) -> Table:
    coded = [*_triggers(context, entity)]
    unique = tuple(unique_keys(context, entity))
    columns = columns_of(context, entity)
    fixed = entity.name == USER
    kept = [] if fixed else [_version_trigger(entity, columns)]
    return Table(
        entity.table,
        columns,
        checks=tuple(_checks(context, entity)),
        unique_keys=unique,
        exclusions=tuple(_exclusions(context, entity)),
        foreign_keys=tuple(foreign_keys(context, entity)),
        indexes=tuple(indexes_of(context, entity, unique)) if columns else (),
        functions=tuple(function for function, _ in coded if function is not None),
        triggers=(*(trigger for _, trigger in coded), *kept),
        fixed=fixed,
        description=entity.description,
    )


def _checks(context: Context, entity: Entity) -> Iterator[CheckConstraint]:
    for limit in limits_of(entity, context.application.currency_digits):
        yield CheckConstraint(context.constraints[limit.rule_id], limit.condition)
    for rule in entity.rules:
        if isinstance(rule, Check) and is_constraint(rule):
            yield check_constraint(context, entity, rule)
        elif isinstance(rule, NoOverlap):
            yield order_check(context, entity, rule)


def _exclusions(context: Context, entity: Entity) -> Iterator[Exclusion]:
    for rule in entity.rules:
        if isinstance(rule, NoOverlap):
            yield overlap_exclusion(context, entity, rule)


def _triggers(context: Context, entity: Entity) -> Iterator[tuple[Function | None, Trigger]]:
    yield from reference_triggers(context, entity)
    for rule in entity.rules:
        if isinstance(rule, Check) and not is_constraint(rule):
            yield check_trigger(context, entity, rule)
        elif isinstance(rule, AtMost):
            yield count_trigger(context, entity, rule)
    yield from capacity_triggers(context, entity)
    yield from derived_triggers(context, entity)
    yield from deletion_trigger(context, entity)
    if entity.append_only:
        yield _append_only(context, entity)
    for field in entity.fields.values():
        if field.type is FieldType.FILE:
            yield None, _file_trigger(entity, field_column(field))


def _append_only(context: Context, entity: Entity) -> tuple[Function, Trigger]:
    """Refuses every statement that changes or deletes rows.

    Deletions that come with the deletion of the parent or tenant, and derived values, are the
    work of triggers (foreign keys are triggers, too) and pass.
    """
    name = context.constraints[f"{snake(entity.name)}.append_only"]
    message = "Rows of this kind are never changed or deleted."
    function = Function(
        f"{quote(name)}()",
        plpgsql.body([plpgsql.refuse(name, entity.table, message)]),
        description="Rows go only with the row that they are part of.",
    )
    condition = "pg_trigger_depth() = 0"
    return function, Trigger(name, "BEFORE", ("UPDATE", "DELETE"), name, condition=condition)


def _file_trigger(entity: Entity, column: str) -> Trigger:
    """Deletes a file that nothing refers to any more; the function is a fixed one."""
    name = shortened(f"{entity.table}_{column}")
    events = (f"UPDATE OF {quote(column)}", "DELETE")
    return Trigger(name, "AFTER", events, "drop_replaced_file", (column,))


def _version_trigger(entity: Entity, columns: Iterable[Column]) -> Trigger:
    """Raises the version when a value changes; what is generated changes only with others."""
    kept = {"id", "version", "created_at", "updated_at"}
    names = [
        column.name for column in columns if column.name not in kept and column.generated is None
    ]
    condition = plpgsql.changed(names) if names else "false"
    name = shortened(f"{entity.table}_version")
    return Trigger(name, "BEFORE", ("UPDATE",), "raise_version", condition=condition)


def _link_table(context: Context, entity: Entity, links: Links) -> Table:
    """Pairs of rows; a pair goes with either of its rows."""
    name = link_table(entity, links)
    own, other = link_columns(entity, links)
    targets = {own: entity.table, other: context.entity(links.to).table}
    return Table(
        name,
        (Column(own, "uuid"), Column(other, "uuid")),
        primary_key=(own, other),
        foreign_keys=tuple(
            ForeignKey(foreign_key_name(name, column), (column,), target, ("id",), "cascade")
            for column, target in targets.items()
        ),
        indexes=(Index(index_name(name, [other]), (quote(other),)),),
        description=links.description,
    )


def _in_order(tables: Iterable[Table]) -> Iterator[Table]:
    """Tables after those that they refer to, as far as circles allow; else as they are given."""
    by_name = {table.name: table for table in tables}
    done: dict[str, bool] = {}
    for table in by_name.values():
        yield from _with_targets(table, by_name, done)


def _with_targets(
    table: Table, by_name: Mapping[str, Table], done: dict[str, bool]
) -> Iterator[Table]:
    if table.name in done:
        return
    done[table.name] = True
    for key in table.foreign_keys:
        if key.target in by_name:
            yield from _with_targets(by_name[key.target], by_name, done)
    yield table
