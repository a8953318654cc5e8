"""The schema of a rehearsal: a migration that was tried on a copy of the data."""

from __future__ import annotations

from pydantic import BaseModel


class Rehearsal(BaseModel):
    """What migrations do to a copy of the data: numbers of rows, by table.

    They are of rows with other values, with a value in a column that goes, and gone. `refused` is
    PostgreSQL's word against the migration `at`; none of the others counts then. `lines` say it in
    words.
    """

    migrations: list[str]
    rows: dict[str, int]
    changed: dict[str, int]
    emptied: dict[str, int]
    lost: dict[str, int]
    at: str | None
    refused: str | None
    lines: list[str]
