"""All statements of a migration, in an order in which each finds what it needs.

What is in the way goes first (triggers, constraints, then columns and tables), then names change,
then new things come: tables, columns, values, constraints, indexes, and the triggers last, so
that no rule and no version sees the values move.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from local_engine.generator.blueprint.expressions.sql_functions import SqlFunction
from local_engine.generator.emit.relational import statements as sql
from local_engine.generator.emit.relational.migration.changes import TableChange
from local_engine.generator.emit.relational.migration.columns import (
    Casts,
    alter_columns,
    casts_of,
    descriptions,
    fill_nulls,
    require_columns,
)
from local_engine.generator.emit.relational.migration.guards import item_guard
from local_engine.generator.emit.relational.migration.naming import renaming
from local_engine.generator.emit.relational.migration.projection import pairs
from local_engine.generator.emit.relational.migration.renames import Renames
from local_engine.generator.emit.relational.migration.rules import RuleChange
from local_engine.generator.emit.relational.migration.values import backfills, fill
from local_engine.generator.emit.relational.migration.words import (
    RenamedStates,
    rename_roles,
    renamed_states,
)
from local_engine.generator.emit.relational.names import FILES, quote
from local_engine.generator.emit.relational.render import (
    FIXED_TABLES,
    late_keys,
    rule_blocks,
    table_blocks,
)
from local_engine.generator.emit.relational.schema import Column, ForeignKey, Schema


class Plan:
    """The way from one schema to another.

    `changes` are the tables that stay, `created` and `dropped` the others, `casts` the conversions
    of columns by table and column (new names), `states` the renamed states by table. `complaints`
    tell why there is no way; `losses` what is lost on it; `warnings` what to know.
    """

    def __init__(self, old: Schema, new: Schema, renames: Renames) -> None:
        self._old = old
        self._new = new
        self._renames = renames
        self.roles = renames.roles
        self.changes = [TableChange(*tables) for tables in pairs(old, new, renames)]
        stay = {change.was.name for change in self.changes}
        self.dropped = [table for table in old.tables if table.name not in stay]
        present = {change.after.name for change in self.changes}
        self.created = [table for table in new.tables if table.name not in present]
        self._present = present | FIXED_TABLES
        self.casts: dict[str, Casts] = {}
        self.complaints: tuple[str, ...] = ()
        for change in self.changes:
            casts, complaints = casts_of(change, new.time_zone)
            self.casts[change.after.name] = casts
            self.complaints += tuple(complaints)
        self.states: dict[str, RenamedStates] = {
            change.after.name: found
            for change in self.changes
            if (found := renamed_states(change, renames)) is not None
        }

    @cached_property
    def new_functions(self) -> tuple[SqlFunction, ...]:
        """The functions that the migration creates for the SQL of tables and code."""
        return tuple(one for one in self._new.functions if one not in self._old.functions)

    @cached_property
    def losses(self) -> tuple[str, ...]:
        """What is lost for good, in sentences."""
        found = [f"The table {table.name} and its rows are dropped." for table in self.dropped]
        for change in self.changes:
            for column in change.dropped:
                if column.generated is None and not column.reads:
                    found.append(f"The column {change.was.name}.{column.name} is dropped.")
            for name in change.overwritten:
                found.append(f"The values of {change.after.name}.{name} give way to computed ones.")
            for name, cast in self.casts[change.after.name].items():
                if cast.lossy:
                    found.append(f"A part of each value of {change.after.name}.{name} is lost.")
        return tuple(found)

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What whoever applies the migration should know."""
        found = []
        for change in self.changes:
            rewritten = [column.name for column in change.retyped]
            rewritten += [column.name for column in change.added if column.generated is not None]
            if rewritten:
                found.append(
                    f"{change.after.name} is written anew ({', '.join(rewritten)}) and locked "
                    "for as long as that takes."
                )
        for table, column in self._values:
            found.append(f"{table}.{column.name} is worked out for all rows.")
        return tuple(found)

    @cached_property
    def rules(self) -> list[RuleChange]:
        """What happens to the rules that triggers keep, table by table."""
        filled = {table for table, _ in self._values} | set(self.states)
        return [RuleChange(change, anew=change.after.name in filled) for change in self.changes]

    @cached_property
    def _values(self) -> list[tuple[str, Column]]:
        return backfills(self._new, self.changes)

    def blocks(self) -> Iterator[str]:
        """The statements, in blocks."""
        yield from self._shared()
        yield from self._clearing()
        yield from self._dropping()
        yield from renaming(self.changes)
        yield from (found.statement() for found in self.states.values())
        yield from rename_roles(self._renames)
        yield from self._filling()
        yield from self._finishing()

    def _shared(self) -> Iterator[str]:
        extensions = [name for name in self._new.extensions if name not in self._old.extensions]
        yield "\n".join(sql.create_extension(name) for name in extensions)
        for function in self.new_functions:
            yield function.definition.strip()

    def _clearing(self) -> Iterator[str]:
        """Takes away triggers, constraints and indexes that are in the way."""
        yield "\n".join(step for rules in self.rules for step in rules.drop_triggers())
        yield "\n".join(self._drop_items())

    def _drop_items(self) -> Iterator[str]:
        for table in self.dropped:
            for key in table.foreign_keys:
                yield sql.drop_item(table.name, key)
        for wanted in (True, False):
            for change in self.changes:
                for item in change.items.dropped:
                    if isinstance(item, ForeignKey) is wanted:
                        yield sql.drop_item(change.was.name, item)

    def _dropping(self) -> Iterator[str]:
        yield "\n".join(self._drop_files())
        if self.dropped:
            yield f"DROP TABLE {', '.join(quote(table.name) for table in self.dropped)};"
        for change in self.changes:
            gone = [*change.dropped_for_replacement, *change.dropped]
            gone.sort(key=lambda column: column.generated is None)
            if gone:
                actions = [f"DROP COLUMN {quote(column.name)}" for column in gone]
                yield sql.alter_table(change.was.name, actions)
        functions = [function for table in self.dropped for function in table.functions]
        functions += [function for rules in self.rules for function in rules.dropped_functions()]
        yield "\n".join(sql.drop_function(function) for function in functions)

    def _drop_files(self) -> Iterator[str]:
        """Files go with the columns that refer to them."""
        gone = [(table, column) for table in self.dropped for column in table.columns]
        gone += [(change.was, column) for change in self.changes for column in change.dropped]
        for table, column in gone:
            keys = (key for key in table.foreign_keys if key.target == FILES)
            if any(key.columns == (column.name,) for key in keys):
                kept = f"SELECT {quote(column.name)} FROM {quote(table.name)}"
                yield f"DELETE FROM {FILES} WHERE id IN ({kept});"

    def _filling(self) -> Iterator[str]:
        """New tables, then new columns and their values."""
        tables, self._late = table_blocks(self.created, self._present)
        yield from tables
        for change in self.changes:
            yield from alter_columns(change, self.casts[change.after.name])
        for table, column in self._values:
            yield fill(table, column)
        for change in self.changes:
            yield from fill_nulls(change)
            yield from require_columns(change)

    def _finishing(self) -> Iterator[str]:
        """Constraints and indexes over the new values; rules and descriptions."""
        for last in (False, True):
            for change in self.changes:
                for item in change.items.added:
                    if isinstance(item, ForeignKey) is last:
                        yield item_guard(change.after.name, item) or ""
                        yield sql.add_item(change.after.name, item)
        yield from late_keys(self._late)
        for rules in self.rules:
            yield from rules.create()
        yield from rule_blocks(self.created)
        yield "\n".join(step for change in self.changes for step in descriptions(change))
        yield "\n".join(
            one.drop for one in reversed(self._old.functions) if one not in self._new.functions
        )
