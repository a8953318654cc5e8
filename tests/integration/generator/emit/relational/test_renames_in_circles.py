"""Names that go from one table or column to another one, and rows that stay where they belong."""

from __future__ import annotations

import psycopg
import pytest
from database_catalog import catalog, install_core

from local_engine.generator.emit.relational import render
from local_engine.generator.emit.relational.migration import Renames, migration_between
from local_engine.generator.emit.relational.schema import Check, Column, Index, Schema, Table
from local_engine.runtime.postgres import Database


def _table(name: str, **types: str) -> Table:
    """A table with optional columns, a check for each number and an index for each text."""
    numbers = [column for column, type_ in types.items() if type_ == "bigint"]
    texts = [column for column, type_ in types.items() if type_ == "text"]
    return Table(
        name,
        (
            Column("id", "uuid", default="uuidv7()"),
            *(Column(column, type_, nullable=True) for column, type_ in types.items()),
        ),
        checks=tuple(Check(f"{name}_{column}_min", f"{column} >= 0") for column in numbers),
        indexes=tuple(Index(f"{name}_{column}_idx", (column, "id")) for column in texts),
    )


ONE = Schema(tables=(_table("x", a="text", b="bigint"),))
TWO = Schema(tables=(_table("x", a="text"), _table("y", a="bigint")))
CASES = {
    "columns swap": (
        ONE,
        Schema(tables=(_table("x", a="bigint", b="text"),)),
        Renames(columns={("x", "a"): "b", ("x", "b"): "a"}),
        "SELECT a || b FROM x",
        "SELECT b || a FROM x",
    ),
    "columns go round": (
        Schema(tables=(_table("x", a="text", b="bigint", c="text"),)),
        Schema(tables=(_table("x", b="text", c="bigint", a="text"),)),
        Renames(columns={("x", "a"): "b", ("x", "b"): "c", ("x", "c"): "a"}),
        "SELECT a || b FROM x",
        "SELECT b || c FROM x",
    ),
    "another column takes the name": (
        ONE,
        Schema(tables=(_table("x", c="text", b="bigint", a="bigint"),)),
        Renames(columns={("x", "a"): "c"}),
        "SELECT a || b FROM x",
        "SELECT c || b FROM x",
    ),
    "tables swap": (
        TWO,
        Schema(tables=(_table("x", a="bigint"), _table("y", a="text"))),
        Renames(tables={"x": "y", "y": "x"}),
        "SELECT x.a || y.a FROM x, y",
        "SELECT y.a || x.a FROM x, y",
    ),
    "another table takes the name": (
        TWO,
        Schema(tables=(_table("x", b="bigint"), _table("y", a="bigint"), _table("z", a="text"))),
        Renames(tables={"x": "z"}),
        "SELECT x.a || y.a FROM x, y",
        "SELECT z.a || y.a FROM z, y",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_there_and_back(database: Database, name: str) -> None:
    old, new, renames, before, after = CASES[name]
    migration = migration_between(old, new, renames)
    with psycopg.connect(database.url) as connection:
        install_core(connection)
        with connection.transaction(force_rollback=True):
            connection.execute(render(new).encode())
            fresh = catalog(connection)
        connection.execute(render(old).encode())
        start = catalog(connection)
        for table in old.tables:
            for column in table.columns[1:]:
                connection.execute(f"INSERT INTO {table.name} (id) VALUES (DEFAULT)".encode())
                text = "'t'" if column.type == "text" else "7"
                connection.execute(f"UPDATE {table.name} SET {column.name} = {text}".encode())
        values = connection.execute(before.encode()).fetchall()
        assert values
        connection.execute(migration.up.encode())
        assert catalog(connection) == fresh
        assert connection.execute(after.encode()).fetchall() == values
        connection.execute(migration.down.encode())
        assert catalog(connection) == start
        assert connection.execute(before.encode()).fetchall() == values
