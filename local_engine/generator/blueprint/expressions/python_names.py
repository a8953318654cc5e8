"""What names are called in generated Python: the protocol that emitters implement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from local_engine.generator.blueprint.expressions.expression import Path

HELPERS = "app.core.expressions"
"""The module of a generated project that has the helper functions."""


@dataclass(frozen=True, order=True)
class Import:
    """`from module import name`."""

    module: str
    name: str


@dataclass(frozen=True)
class PythonCode:
    """The source of an expression and what it needs imported."""

    source: str
    imports: frozenset[Import]

    def __str__(self) -> str:
        return self.source


class PythonNames(Protocol):
    """The Python for names and paths, seen from one row.

    All source it gives must be a primary (`self.total`, `user.id`). Values have the types that
    pydantic and psycopg give them: int, Decimal, str, bool, date, time, timedelta, UUID, and
    aware datetimes in UTC or with a fixed offset; missing values are None.
    """

    @property
    def now(self) -> str:
        """The time of the transaction, an aware datetime."""

    def zone(self, time_zone: str) -> str:
        """The `ZoneInfo` of an IANA name."""

    def value(self, path: Path) -> str:
        """The value that a path leads to; for a row its id. See `SqlNames.column` for paths."""

    def children(self, path: Path, taken: frozenset[str]) -> PythonChildren:
        """The rows that a to-many path leads to; their variable must not be one of `taken`."""


@dataclass(frozen=True)
class PythonChildren:
    """A list or tuple of rows, the variable for one of them, and the names as seen from it."""

    source: str
    variable: str
    row: PythonNames
