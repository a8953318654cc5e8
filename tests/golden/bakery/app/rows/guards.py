"""Refusals that hang on rows: what is not there for the actor, may not be done, or not now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.rows import TupleRow, dict_row

from ..core.db import Connection, Database, Parameters, fetch_one
from ..core.problem import FieldError, forbidden, invalid, not_found
from ..core.rules import Rule


async def require_row(where: Database | Connection, sql: str, parameters: Parameters) -> TupleRow:
    """The row that a statement finds. Raises a 404 problem when there is none for the actor."""
    if isinstance(where, Database):
        row = await where.fetch_one(sql, parameters)
    else:
        row = await fetch_one(where, sql, parameters)
    if row is None:
        raise not_found()
    return row


async def lock_row(connection: Connection, sql: str, parameters: Parameters) -> TupleRow:
    """The row that a locking statement finds; its last column says whether the actor may go on.

    Raises a 404 problem when there is no such row for the actor, 403 when they may not do this.
    """
    row = await require_row(connection, sql, parameters)
    if not row[-1]:
        raise forbidden()
    return row


async def require_allowed(connection: Connection, sql: str, parameters: Parameters) -> None:
    """Raises a 403 problem unless the statement's only value is true."""
    row = await fetch_one(connection, sql, parameters)
    if row is None or not row[0]:
        raise forbidden()


async def require_references(
    connection: Connection, statements: Mapping[str, str], row: Parameters, keys: Iterable[str]
) -> None:
    """Lock the rows that a new or changed row refers to.

    `statements` has one for each reference, by its key; `row` the statements' parameters and
    `keys` those references to look at. Raises a 422 problem that names each key whose row does not
    exist, or not for this actor.
    """
    missing = [
        FieldError(f"/{key}", "reference", "There is no such row.")
        for key in keys
        if key in statements
        and row[f"row.{key}"] is not None
        and await fetch_one(connection, statements[key], row) is None
    ]
    if missing:
        raise invalid(missing)


async def require_sendable(
    connection: Connection, sql: str, parameters: Parameters, given: Iterable[str]
) -> None:
    """Raises a 422 problem for fields that were given, but not by who may set them.

    The statement has one column for each field that only some actors may set, named like it.
    """
    allowed = await fetch_row(connection, sql, parameters)
    refused = [name for name in given if name in allowed and not allowed[name]]
    if refused:
        message = "This field cannot be set by you."
        raise invalid([FieldError(f"/{name}", "read_only", message) for name in refused])


async def require_rules(
    connection: Connection, sql: str, parameters: Parameters, rules: Sequence[Rule]
) -> None:
    """Raises the problem of the first rule that does not hold.

    The statement has one column for each rule, which is true where the rule holds.
    """
    row = await fetch_one(connection, sql, parameters)
    for rule, holds in zip(rules, row or (), strict=row is not None):
        if not holds:
            raise rule.problem()


def row_parameters(row: Mapping[str, Any], *others: Parameters) -> dict[str, Any]:
    """The values of a row as the statements of its module name them, `row.<column>`."""
    merged = {f"row.{column}": value for column, value in row.items()}
    for other in others:
        merged.update(other)
    return merged


async def fetch_row(connection: Connection, sql: str, parameters: Parameters) -> dict[str, Any]:
    """The row that a statement gives without fail, by the names of its columns."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(sql.encode(), parameters)
        row = await cursor.fetchone()
    if row is None:
        raise LookupError("a statement that always gives a row gave none")
    return row


async def written_row(connection: Connection, sql: str, parameters: Parameters) -> TupleRow:
    """The row that a statement gives without fail, such as INSERT ... RETURNING."""
    row = await fetch_one(connection, sql, parameters)
    if row is None:
        raise LookupError("a statement that always gives a row gave none")
    return row


async def upserted_row(
    connection: Connection, sql: str, parameters: Parameters, rule: Rule
) -> TupleRow:
    """The row that INSERT ... ON CONFLICT made or replaced.

    Raises the rule's problem when the row in the way may not be replaced by the actor.
    """
    row = await fetch_one(connection, sql, parameters)
    if row is None:
        raise rule.problem()
    return row


async def transaction_time(connection: Connection) -> datetime:
    """The time at which the transaction began, as the database has it."""
    row = await written_row(connection, "SELECT now()", {})
    moment: datetime = row[0]
    return moment
