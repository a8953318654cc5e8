"""Which stored values have to be worked out (again) for rows that are there already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from local_engine.generator.emit.relational.migration.changes import TableChange
from local_engine.generator.emit.relational.migration.ordering import dependency_order
from local_engine.generator.emit.relational.migration.tokens import names_in
from local_engine.generator.emit.relational.names import quote
from local_engine.generator.emit.relational.schema import Column, Schema


def backfills(new: Schema, changes: Sequence[TableChange]) -> list[tuple[str, Column]]:
    """Table and column of all values to work out, each after those that it depends on.

    New columns with a known value, derived values that are defined otherwise than before, and
    whatever depends on a column whose values change.
    """
    first = [
        (change.after.name, column)
        for change in changes
        for column in change.added
        if column.backfill is not None and not column.reads
    ]
    altered = {f"{table}.{column.name}" for table, column in first}
    altered |= {name for change in changes for name in _altered(change)}
    existing = {change.after.name for change in changes}
    derived = {
        f"{table.name}.{column.name}": (table.name, column)
        for table in new.tables
        if table.name in existing
        for column in table.columns
        if column.reads
    }
    stale = _redefined(changes)
    order = dependency_order({key: _reads(new, column) for key, (_, column) in derived.items()})
    found = []
    for key in order:
        table, column = derived[key]
        if key in stale or altered & set(_reads(new, column)):
            altered.add(key)
            found.append((table, column))
    return [*first, *found]


def _altered(change: TableChange) -> Iterator[str]:
    """Columns whose values are others than before."""
    columns = {column.name for column in (*change.added, *change.retyped)}
    columns |= {new.name for old, new in change.kept if old.generated != new.generated}
    return (f"{change.after.name}.{name}" for name in columns)


def _redefined(changes: Sequence[TableChange]) -> set[str]:
    """Derived values that are new or worked out otherwise than before."""
    stale = set()
    for change in changes:
        before = change.before.column
        for column in change.after.columns:
            old = before.get(column.name)
            if column.reads and (old is None or old.backfill != column.backfill):
                stale.add(f"{change.after.name}.{column.name}")
    return stale


def _reads(schema: Schema, column: Column) -> list[str]:
    """The columns that a derived value depends on, with those that generated ones come from."""
    found = []
    for name in column.reads:
        table, _, read = name.partition(".")
        found.append(name)
        source = schema.table[table].column.get(read)
        if source is not None and source.generated is not None:
            found += [f"{table}.{part}" for part in sorted(names_in(source.generated))]
    return found


def fill(table: str, column: Column) -> str:
    """Gives all rows the value of a column."""
    return f"UPDATE {quote(table)} SET {quote(column.name)} = {column.backfill};"
