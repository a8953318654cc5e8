"""All rows of a database, put back in place: what a fresh copy would give, at a tenth of the cost.

A copy of a database is 300 files and ends all connections. Where nothing but rows has changed, the
rows alone are put back, in one transaction, under the connections that are open.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import psycopg
from psycopg import sql

from local_engine.runtime.postgres.databases import Connection

_LARGE_BYTES = 1024 * 1024  # beyond this, dead rows left in a table cost more than a new file
_LOCK_TIMEOUT = "2s"

_SCHEMA = files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")
_TABLES = """
    SELECT format('%I.%I', n.nspname, c.relname), pg_relation_size(c.oid)
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    ORDER BY 1
"""
_SEQUENCES = """
    SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences ORDER BY 1
"""
# What is neither a row of a table nor in the schema: then only a copy gives it back.
_MORE_THAN_ROWS = """
    SELECT EXISTS (SELECT FROM pg_class WHERE relkind IN ('m', 'f') AND oid >= 16384)
        OR EXISTS (SELECT FROM pg_largeobject_metadata)
"""
_IN_USE = """
    SELECT EXISTS (
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
          AND backend_type = 'client backend' AND state IS DISTINCT FROM 'idle'
    )
"""


@dataclass(frozen=True)
class Contents:
    """The rows of every table, as COPY writes them, and the schema that they belong to."""

    schema: str
    rows: dict[str, bytes]
    sequences: dict[str, int | None]


def read_contents(connection: Connection) -> Contents | None:
    """All rows of the database; None when it holds more than rows. `connection`: a superuser's."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        if _is(connection, _MORE_THAN_ROWS):
            return None
        return Contents(
            _schema(connection),
            {name: _copy_out(connection, name) for name in _sizes(connection)},
            dict(connection.execute(_SEQUENCES).fetchall()),
        )


def restore_contents(connection: Connection, owner: str, contents: Contents) -> bool:
    """Give all tables the rows they had, with the rights of the database's owner.

    Returns False, with nothing done, when that is not enough or cannot be done: the schema is
    another one by now, or somebody is in the middle of a transaction. `connection` must be a
    superuser's, as triggers and foreign keys are not to act.
    """
    if _is(connection, _MORE_THAN_ROWS) or _is(connection, _IN_USE):
        return False
    if _schema(connection) != contents.schema:
        return False
    try:
        with connection.transaction():
            connection.execute(
                sql.SQL(
                    "SET LOCAL session_replication_role = replica;"
                    "SET LOCAL lock_timeout = {}; SET LOCAL ROLE {}"
                ).format(sql.Literal(_LOCK_TIMEOUT), sql.Identifier(owner))
            )
            _empty(connection)
            for name, rows in contents.rows.items():
                _copy_in(connection, name, rows)
            _set_sequences(connection, contents.sequences)
    except psycopg.Error:
        return False
    return True


def _schema(connection: Connection) -> str:
    row = connection.execute(_SCHEMA.encode()).fetchone()
    assert row is not None
    return str(row[0])


def _sizes(connection: Connection) -> dict[str, int]:
    """The size of every table in bytes, by its quoted name."""
    return dict(connection.execute(_TABLES).fetchall())


def _is(connection: Connection, question: str) -> bool:
    row = connection.execute(question.encode()).fetchone()
    return row is not None and bool(row[0])


def _copy_out(connection: Connection, name: str) -> bytes:
    with connection.cursor().copy(f"COPY {name} TO STDOUT".encode()) as rows:
        return b"".join(bytes(block) for block in rows)


def _copy_in(connection: Connection, name: str, rows: bytes) -> None:
    if rows:
        with connection.cursor().copy(f"COPY {name} FROM STDIN".encode()) as target:
            target.write(rows)


def _empty(connection: Connection) -> None:
    sizes = _sizes(connection)
    if max(sizes.values(), default=0) > _LARGE_BYTES:
        connection.execute(f"TRUNCATE {', '.join(sizes)}".encode())
    else:
        # The names come quoted from the database's own catalog.
        connection.execute("; ".join(f"DELETE FROM {name}" for name in sizes).encode())  # noqa: S608


def _set_sequences(connection: Connection, sequences: dict[str, int | None]) -> None:
    for name, last in sequences.items():
        if last is None:  # never used: the next value is its first
            connection.execute(f"ALTER SEQUENCE {name} RESTART".encode())
        else:
            connection.execute("SELECT setval(%s::regclass, %s)", [name, last])
