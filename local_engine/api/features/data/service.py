"""Browsing and changing the rows of a running project as the owner of its database.

Identifiers come from PostgreSQL's catalogue and are quoted by the driver; values are always bound.
PostgreSQL itself turns JSON into its types, so that every type works as it does for the project.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from local_engine.api.features.data.audit import Audit
from local_engine.api.features.data.schemas import Column, RowPage, Table
from local_engine.api.features.data.tables import (
    Connection,
    counted,
    require_columns,
    shown,
    table_named,
    tables_of,
)
from local_engine.api.problems import Problem

_SECONDS = 10
_COMPARISONS = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


@contextlib.contextmanager
def connected(folder: Path) -> Iterator[Connection]:
    """A transaction of the owner on the running project's database; refusals are problems."""
    from local_engine.runtime.preview import PreviewError
    from local_engine.runtime.preview.ownership import Owned

    try:
        address = Owned(folder).database().url
        options = f"-c statement_timeout={_SECONDS}s -c lock_timeout=5s -c TimeZone=UTC"
        with psycopg.connect(address, row_factory=dict_row, options=options) as connection:
            yield connection
    except PreviewError as error:
        raise Problem(409, "not-running", str(error)) from None
    except psycopg.errors.IntegrityError as error:
        raise Problem(409, "rule-broken", _said(error)) from None
    except (psycopg.errors.RaiseException, psycopg.errors.ObjectNotInPrerequisiteState) as error:
        raise Problem(409, "rule-broken", _said(error)) from None
    except psycopg.errors.QueryCanceled:
        raise Problem(503, "too-slow", "The database did not answer in time.") from None
    except (psycopg.DataError, psycopg.ProgrammingError, psycopg.NotSupportedError) as error:
        raise Problem(422, "not-accepted", _said(error)) from None
    except psycopg.Error as error:
        raise Problem(409, "database-refuses", _said(error)) from None


def tables(folder: Path) -> list[Table]:
    """All tables of the project."""
    with connected(folder) as connection:
        found = tables_of(connection)
        return [counted(connection, name, columns) for name, columns in found.items()]


def rows(
    folder: Path, table: str, filters: Sequence[str], sort: str | None, offset: int, limit: int
) -> RowPage:
    """A page of a table's rows. A filter is `column:comparison:value`; `-` before `sort` turns it.

    Comparisons: eq, ne, lt, le, gt, ge, contains, and null with yes or no.
    """
    with connected(folder) as connection:
        columns = table_named(connection, table)
        query = sql.SQL(
            "SELECT to_jsonb(t) AS row FROM {} AS t WHERE {} ORDER BY {} OFFSET {} LIMIT {}"
        ).format(
            sql.Identifier(table),
            sql.SQL(" AND ").join([sql.SQL("true"), *(_filter(one, columns) for one in filters)]),
            _order(sort, columns),
            sql.Literal(offset),
            sql.Literal(limit + 1),
        )
        found = [shown(one["row"], columns) for one in connection.execute(query)]
    return RowPage(rows=found[:limit], more=len(found) > limit)


def insert(
    folder: Path, audit: Audit, project: str, table: str, values: dict[str, Any]
) -> dict[str, Any]:
    """Add a row; gives it as it is then."""
    with connected(folder) as connection:
        columns = table_named(connection, table)
        require_columns(columns, list(values))
        query = sql.SQL(
            "INSERT INTO {0} AS t ({1}) SELECT {1} FROM {2} RETURNING to_jsonb(t) AS row"
        )
        after = _one(
            connection, query.format(sql.Identifier(table), _names(values), _typed(table, values))
        )
        assert after is not None
        result = shown(after, columns)
        audit.write(project, table, "insert", None, result)
        return result


def update(
    folder: Path,
    audit: Audit,
    project: str,
    table: str,
    key: dict[str, Any],
    values: dict[str, Any],
) -> dict[str, Any]:
    """Change the row with this key; gives it as it is then."""
    with connected(folder) as connection:
        columns = table_named(connection, table)
        require_columns(columns, list(values))
        before = _locked(connection, table, columns, key)
        query = sql.SQL(
            "UPDATE {} AS t SET ({}) = (SELECT {} FROM {}) WHERE {} RETURNING to_jsonb(t) AS row"
        ).format(
            sql.Identifier(table),
            _names(values),
            _names(values),
            _typed(table, values),
            _is(table, key),
        )
        after = _one(connection, query)
        assert after is not None
        result = shown(after, columns)
        audit.write(project, table, "update", shown(before, columns), result)
        return result


def delete(folder: Path, audit: Audit, project: str, table: str, key: dict[str, Any]) -> None:
    """Remove the row with this key."""
    with connected(folder) as connection:
        columns = table_named(connection, table)
        before = _locked(connection, table, columns, key)
        query = sql.SQL("DELETE FROM {} AS t WHERE {}").format(
            sql.Identifier(table), _is(table, key)
        )
        connection.execute(query)
        audit.write(project, table, "delete", shown(before, columns), None)


def _locked(
    connection: Connection, table: str, columns: Sequence[Column], key: dict[str, Any]
) -> dict[str, Any]:
    """The row with this key, kept from others. Raises `Problem`: 422 for no key, 404 for no row."""
    names = [column.name for column in columns if column.key]
    if sorted(names) != sorted(key):
        raise Problem(422, "no-key", f"The key of {table} is: {', '.join(names) or 'none'}.")
    query = sql.SQL("SELECT to_jsonb(t) AS row FROM {} AS t WHERE {} FOR UPDATE").format(
        sql.Identifier(table), _is(table, key)
    )
    row = _one(connection, query)
    if row is None:
        raise Problem(404, "no-such-row", f"{table} has no row with this key.")
    return row


def _one(connection: Connection, query: sql.Composed) -> dict[str, Any] | None:
    row = connection.execute(query).fetchone()
    return None if row is None else dict(row["row"])


def _names(values: dict[str, Any]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in values)


def _typed(table: str, values: dict[str, Any]) -> sql.Composed:
    """A row of the table's type with these values, made from JSON by PostgreSQL."""
    return sql.SQL("jsonb_populate_record(NULL::{}, {}::jsonb)").format(
        sql.Identifier(table), sql.Literal(json.dumps(values))
    )


def _is(table: str, key: dict[str, Any]) -> sql.Composed:
    return sql.SQL("({}) = (SELECT {} FROM {})").format(
        sql.SQL(", ").join(sql.Identifier("t", name) for name in key),
        _names(key),
        _typed(table, key),
    )


def _filter(text: str, columns: Sequence[Column]) -> sql.Composed:
    name, _, rest = text.partition(":")
    comparison, colon, value = rest.partition(":")
    require_columns(columns, [name])
    column = sql.Identifier("t", name)
    if comparison == "contains" and colon:
        return sql.SQL("position(lower({}) IN lower({}::text)) > 0").format(
            sql.Literal(value), column
        )
    if comparison == "null" and value in ("yes", "no"):
        return sql.SQL("({} IS NULL) = {}").format(column, sql.Literal(value == "yes"))
    if comparison in _COMPARISONS and colon:
        kind = next(one.type for one in columns if one.name == name)
        return sql.SQL("{} {} {}::{}").format(
            column,
            sql.SQL(_COMPARISONS[comparison]),  # one of our own
            sql.Literal(value),
            sql.SQL(kind),  # PostgreSQL's own name of a type
        )
    known = ", ".join((*_COMPARISONS, "contains", "null:yes", "null:no"))
    raise Problem(422, "no-filter", f"{text!r} is no filter column:comparison:value; with {known}.")


def _order(sort: str | None, columns: Sequence[Column]) -> sql.Composed:
    keys = [column.name for column in columns if column.key]
    names = keys or [columns[0].name]
    if sort is None:
        return sql.SQL(", ").join(sql.Identifier("t", name) for name in names)
    name = sort.removeprefix("-")
    require_columns(columns, [name])
    way = sql.SQL("DESC" if sort.startswith("-") else "ASC")
    first = sql.SQL("{} {} NULLS LAST").format(sql.Identifier("t", name), way)
    return sql.SQL(", ").join([first, *(sql.Identifier("t", one) for one in names)])


def _said(error: psycopg.Error) -> str:
    """What PostgreSQL said, in one line."""
    parts = (error.diag.message_primary, error.diag.message_detail, error.diag.message_hint)
    return " ".join(filter(None, parts)) or str(error).splitlines()[0]
