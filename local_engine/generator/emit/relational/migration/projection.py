"""The old schema under the names of the new one, so that the two can be compared.

Only tables and columns get their new names; constraints, indexes and triggers keep theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from local_engine.generator.emit.relational.migration.renames import Renames
from local_engine.generator.emit.relational.migration.tokens import with_names
from local_engine.generator.emit.relational.schema import (
    Exclusion,
    ForeignKey,
    Index,
    Schema,
    Table,
    UniqueKey,
)


def projected(table: Table, renames: Renames) -> Table:
    """The table as it would look after nothing but renames."""
    renamed = {column.name: renames.column(table.name, column.name) for column in table.columns}
    names = {was: now for was, now in renamed.items() if was != now}
    return replace(
        table,
        name=renames.table(table.name),
        columns=tuple(
            replace(
                column,
                name=names.get(column.name, column.name),
                generated=column.generated and with_names(column.generated, names),
                reads=tuple(_moved(name, renames) for name in column.reads),
            )
            for column in table.columns
        ),
        primary_key=tuple(names.get(column, column) for column in table.primary_key),
        checks=tuple(
            replace(check, condition=with_names(check.condition, names)) for check in table.checks
        ),
        unique_keys=tuple(_unique(key, names) for key in table.unique_keys),
        exclusions=tuple(_exclusion(item, names) for item in table.exclusions),
        foreign_keys=tuple(_foreign_key(key, names, renames) for key in table.foreign_keys),
        indexes=tuple(_index(index, names) for index in table.indexes),
    )


def _moved(name: str, renames: Renames) -> str:
    table, column = name.split(".")
    return f"{renames.table(table)}.{renames.column(table, column)}"


def _unique(key: UniqueKey, names: Mapping[str, str]) -> UniqueKey:
    elements = tuple(with_names(element, names) for element in key.elements)
    return replace(key, elements=elements, where=key.where and with_names(key.where, names))


def _exclusion(item: Exclusion, names: Mapping[str, str]) -> Exclusion:
    elements = tuple((with_names(part, names), operator) for part, operator in item.elements)
    return replace(item, elements=elements, where=item.where and with_names(item.where, names))


def _foreign_key(key: ForeignKey, names: Mapping[str, str], renames: Renames) -> ForeignKey:
    return replace(
        key,
        columns=tuple(names.get(column, column) for column in key.columns),
        target=renames.table(key.target),
        target_columns=tuple(renames.column(key.target, name) for name in key.target_columns),
    )


def _index(index: Index, names: Mapping[str, str]) -> Index:
    return replace(index, elements=tuple(with_names(part, names) for part in index.elements))


def pairs(old: Schema, new: Schema, renames: Renames) -> Iterator[tuple[Table, Table, Table]]:
    """Of each table that stays: as it was, as it was but under new names, and as it will be."""
    was = {renames.table(table.name): table for table in old.tables}
    for table in new.tables:
        before = was.get(table.name, _without_additions(table))
        if before is not None:
            yield before, projected(before, renames), table
    for table in old.tables:
        if table.fixed and table.name not in new.table:
            after = _without_additions(table)
            if after is not None:
                yield table, projected(table, renames), after


def _without_additions(table: Table) -> Table | None:
    """A fixed table that has nothing of its own; None for others, which are not there at all."""
    return Table(table.name, (), fixed=True) if table.fixed else None
