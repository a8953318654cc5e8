"""Statements that give a table its new columns."""

from __future__ import annotations

from collections.abc import Iterator

from local_engine.generator.emit.relational import statements as sql
from local_engine.generator.emit.relational.migration.casts import Cast, cast_between
from local_engine.generator.emit.relational.migration.changes import TableChange
from local_engine.generator.emit.relational.migration.guards import REMEDY, refuse_rows
from local_engine.generator.emit.relational.names import quote
from local_engine.generator.emit.relational.schema import Column

Casts = dict[str, Cast]


def casts_of(change: TableChange, time_zone: str) -> tuple[Casts, list[str]]:
    """The conversions of the table's columns, and a complaint for each that there is none for."""
    casts: Casts = {}
    complaints = []
    for column in change.retyped:
        old = change.before.column[column.name].type
        cast = cast_between(old, column.type, quote(column.name), time_zone)
        if cast is None:
            name = f"{change.after.name}.{column.name}"
            complaints.append(
                f"{name} cannot become {column.type}: there is no safe way to convert {old}. "
                "Add a field with another name, copy what you need, then remove the old one."
            )
        else:
            casts[column.name] = cast
    return casts, complaints


def alter_columns(change: TableChange, casts: Casts) -> Iterator[str]:
    """Conversions, new columns, defaults: everything that does not depend on other tables."""
    table = change.after.name
    for column in change.retyped:
        cast = casts[column.name]
        if cast.broken is not None:
            complaint = f"have a value of {column.name} that is no {column.type}. {REMEDY}"
            yield refuse_rows(table, cast.broken, complaint)
    for column in change.added:
        if needs_value(column):
            complaint = (
                f"have no value for the new required field {column.name}. "
                "Give it a default, make it optional, or delete these rows, then migrate again."
            )
            yield refuse_rows(table, "", complaint)
    actions = [*_conversions(change, casts), *_additions(change), *_changes(change)]
    if actions:
        yield sql.alter_table(table, actions)


def needs_value(column: Column) -> bool:
    """Whether the column cannot be added to a table with rows."""
    known = (column.default, column.generated, column.backfill)
    return not column.nullable and all(value is None for value in known)


def _conversions(change: TableChange, casts: Casts) -> Iterator[str]:
    for column in change.retyped:
        name = quote(column.name)
        if change.before.column[column.name].default is not None:
            yield f"ALTER COLUMN {name} DROP DEFAULT"
        collation = f" COLLATE {column.collation}" if column.collation else ""
        yield f"ALTER COLUMN {name} TYPE {column.type}{collation} USING {casts[column.name].using}"
        if column.default is not None:
            yield f"ALTER COLUMN {name} SET DEFAULT {column.default}"


def _additions(change: TableChange) -> Iterator[str]:
    for column in change.added:
        text = sql.column(column)
        if is_filled_later(column):
            text = text.replace(" NOT NULL", "", 1)
        yield f"ADD COLUMN {text}"


def is_filled_later(column: Column) -> bool:
    """Whether a new column is null at first, until old rows got their values."""
    return not column.nullable and column.default is None and column.backfill is not None


def _changes(change: TableChange) -> Iterator[str]:
    retyped = {column.name for column in change.retyped}
    for old, new in change.kept:
        name = quote(new.name)
        if new.generated is not None and new.generated != old.generated:
            yield f"ALTER COLUMN {name} SET EXPRESSION AS ({new.generated})"
        if old.generated is not None and new.generated is None:
            yield f"ALTER COLUMN {name} DROP EXPRESSION"
        if new.default != old.default and new.name not in retyped:
            default = "DROP DEFAULT" if new.default is None else f"SET DEFAULT {new.default}"
            yield f"ALTER COLUMN {name} {default}"
        if new.nullable and not old.nullable:
            yield f"ALTER COLUMN {name} DROP NOT NULL"


def require_columns(change: TableChange) -> Iterator[str]:
    """NOT NULL for columns that have become required, once they are filled."""
    table = change.after.name
    names = [new.name for old, new in change.kept if old.nullable and not new.nullable]
    names += [column.name for column in change.added if is_filled_later(column)]
    for name in names:
        complaint = f"have no value for {name}, which is required now. {REMEDY}"
        yield refuse_rows(table, f"{quote(name)} IS NULL", complaint)
    if names:
        yield sql.alter_table(table, [f"ALTER COLUMN {quote(name)} SET NOT NULL" for name in names])


def fill_nulls(change: TableChange) -> Iterator[str]:
    """The default for rows without a value, where a field with a default has become required."""
    for old, new in change.kept:
        if old.nullable and not new.nullable and new.default is not None:
            name = quote(new.name)
            table = quote(change.after.name)
            yield f"UPDATE {table} SET {name} = {new.default} WHERE {name} IS NULL;"


def descriptions(change: TableChange) -> Iterator[str]:
    """Comments that are new or others than before."""
    table = change.after
    if table.description != change.was.description and not table.fixed:
        yield sql.comment_on_table(table.name, table.description)
    for column in table.columns:
        old = change.before.column.get(column.name)
        before = old.description if old is not None and column not in change.added else ""
        if column.description != before:
            yield sql.comment_on_column(table.name, column.name, column.description)
