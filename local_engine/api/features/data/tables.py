"""The tables of a running project, read from PostgreSQL's own catalogue."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

from local_engine.api.features.data.schemas import Column, Table
from local_engine.api.problems import Problem

COUNTED = 10_000
MASK = "•••"
_SECRET = re.compile(r"(^|_)(password|token|secret|hash|digest)(_|$)")

Connection = psycopg.Connection[DictRow]

_COLUMNS = """
SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
  NOT a.attnotnull AS nullable, coalesce(a.attnum = ANY (i.indkey), false) AS key,
  a.attgenerated <> '' OR a.attidentity = 'a' AS computed
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relkind = 'r'
ORDER BY c.relname, a.attnum
"""


def tables_of(connection: Connection) -> dict[str, list[Column]]:
    """The columns of every table, by the table's name."""
    found: dict[str, list[Column]] = {}
    for row in connection.execute(_COLUMNS):
        table = row.pop("table")
        column = Column(**row, hidden=bool(_SECRET.search(row["name"])))
        found.setdefault(table, []).append(column)
    return found


def counted(connection: Connection, name: str, columns: Sequence[Column]) -> Table:
    """A table with the number of its rows."""
    query = sql.SQL("SELECT count(*) AS rows FROM (SELECT 1 FROM {} LIMIT {}) AS counted").format(
        sql.Identifier(name), sql.Literal(COUNTED)
    )
    row = connection.execute(query).fetchone()
    assert row is not None
    return Table(name=name, columns=list(columns), rows=row["rows"])


def table_named(connection: Connection, name: str) -> list[Column]:
    """The columns of a table. Raises `Problem` 404."""
    columns = tables_of(connection).get(name)
    if columns is None:
        raise Problem(404, "no-such-table", f"The project has no table {name}.")
    return columns


def require_columns(columns: Sequence[Column], names: Sequence[str]) -> None:
    """Raise `Problem` 422 for a column that is not there, or that may not be named."""
    known = {column.name: column for column in columns}
    for name in names:
        if name not in known:
            raise Problem(422, "no-such-column", f"The table has no column {name}.")
        if known[name].hidden:
            raise Problem(422, "hidden-column", f"{name} holds a secret: it is not to be handled.")


def shown(row: dict[str, Any], columns: Sequence[Column]) -> dict[str, Any]:
    """A row without its secrets."""
    hidden = {column.name for column in columns if column.hidden}
    return {
        name: MASK if name in hidden and value is not None else value for name, value in row.items()
    }
