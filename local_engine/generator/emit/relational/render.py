"""Writes a schema out as SQL that a database administrator would like to read.

First what all tables share, then a section for each table with its constraints and indexes, then
the foreign keys that lead to later tables, then the rules that need code. Deterministic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from local_engine.generator.emit.relational import statements as sql
from local_engine.generator.emit.relational.schema import ForeignKey, Schema, Table

FIXED_TABLES = frozenset({"users", "files"})
"""Tables that the fixed migration makes before all others."""


def render(schema: Schema) -> str:
    """The SQL that creates everything in the schema, after the fixed migration."""
    shared = "\n".join(sql.create_extension(name) for name in schema.extensions)
    functions = [function.definition.strip() for function in schema.functions]
    tables, late = table_blocks(schema.tables, FIXED_TABLES)
    return join([shared, *functions, *tables, *late_keys(late), *rule_blocks(schema.tables)])


LateKeys = list[tuple[Table, ForeignKey]]


def table_blocks(tables: Sequence[Table], present: Iterable[str]) -> tuple[list[str], LateKeys]:
    """What creates these tables, and the foreign keys that have to wait for other tables.

    `present` tables are there already, with their primary keys.
    """
    made = set(present)
    here = {table.name for table in tables}
    late: LateKeys = []
    blocks: list[str] = []
    for table in tables:
        made.add(table.name)
        keys = [
            key
            for key in table.foreign_keys
            if key.target in made and (key.target in here or len(key.columns) == 1)
        ]
        late += [(table, key) for key in table.foreign_keys if key not in keys]
        blocks += table_section(table, keys)
    return blocks, late


def late_keys(late: LateKeys) -> Iterator[str]:
    """Foreign keys to tables that come later."""
    if late:
        yield heading("Foreign keys to tables that come later")
        yield "\n".join(sql.add_constraint(table.name, key) for table, key in late)


def rule_blocks(tables: Sequence[Table]) -> Iterator[str]:
    """The functions and triggers of these tables."""
    if any(table.triggers for table in tables):
        yield heading("Rules and derived values that need code")
    for table in tables:
        yield from trigger_section(table)


def join(blocks: Iterable[str]) -> str:
    """Blocks with a blank line between them, and one line feed at the end; "" for none."""
    present = [block for block in blocks if block]
    return "\n\n".join(present) + "\n" if present else ""


def heading(text: str) -> str:
    """A comment that opens a section."""
    return f"-- {text}\n-- {'-' * max(len(text), 20)}"


def table_section(table: Table, keys: Iterable[ForeignKey]) -> Iterator[str]:
    """A table with those of its foreign keys, its descriptions and its indexes."""
    if table.fixed:
        yield from _additions(table, keys)
        return
    yield f"{heading(table.name)}\n{sql.create_table(table, keys)}"
    yield "\n".join(sql.comments(table))
    yield "\n".join(indexes(table))


def _additions(table: Table, keys: Iterable[ForeignKey]) -> Iterator[str]:
    """What a table of the fixed migration gets of its own."""
    lines = [f"ADD COLUMN {sql.column(column)}" for column in table.columns]
    lines += [f"ADD {sql.constraint(item)}" for item in (*sql.constraints_of(table), *keys)]
    if lines:
        yield f"{heading(table.name)}\n{sql.alter_table(table.name, lines)}"
    yield "\n".join(sql.comments(table))
    yield "\n".join(indexes(table))


def indexes(table: Table) -> Iterator[str]:
    """All indexes that no constraint makes."""
    for key in sql.unique_indexes_of(table):
        yield sql.create_unique_index(table.name, key)
    for index in table.indexes:
        yield sql.create_index(table.name, index)


def trigger_section(table: Table) -> Iterator[str]:
    """The table's functions, each with the triggers that run it; then the other triggers."""
    own = {function.name for function in table.functions}
    for function in table.functions:
        users = [trigger for trigger in table.triggers if trigger.function == function.name]
        yield "\n".join(
            [sql.create_function(function)]
            + [sql.create_trigger(table.name, trigger) for trigger in users]
        )
    others = [trigger for trigger in table.triggers if trigger.function not in own]
    yield "\n".join(sql.create_trigger(table.name, trigger) for trigger in others)
