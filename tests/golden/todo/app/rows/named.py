"""Rows that the body of an action names: they must be there, for whoever acts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..core.db import Connection, Parameters, fetch_one
from ..core.problem import FieldError, invalid


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A reference in a body: where it stands (JSON Pointer), its parameter, and what finds it."""

    pointer: str
    parameter: str
    sql: str


async def require_named(
    connection: Connection, rows: Iterable[NamedRow], parameters: Parameters, within: str = ""
) -> None:
    """Raises a 422 problem for references to rows that do not exist, or not for this actor.

    `within` is the JSON Pointer of the object that they stand in.
    """
    missing = [
        FieldError(f"{within}{row.pointer}", "reference", "There is no such row.")
        for row in rows
        if parameters[row.parameter] is not None
        and await fetch_one(connection, row.sql, parameters) is None
    ]
    if missing:
        raise invalid(missing)
