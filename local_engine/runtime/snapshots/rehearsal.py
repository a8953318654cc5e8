"""What migrations do to the rows that are there, seen on a copy before they touch the original."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rehearsal:
    """What came of it; numbers are of rows, by the table's name before.

    `changed` have other values afterwards, `emptied` had a value in a column that is gone, `lost`
    are gone themselves. `refused` is PostgreSQL's word against the migration `at`: none of the
    others counts then. `rows` is what there was.
    """

    migrations: tuple[str, ...]
    rows: Mapping[str, int]
    changed: Mapping[str, int] = field(default_factory=dict)
    emptied: Mapping[str, int] = field(default_factory=dict)
    lost: Mapping[str, int] = field(default_factory=dict)
    at: str | None = None
    refused: str | None = None

    @property
    def loses(self) -> bool:
        """Whether rows or values are gone."""
        return bool(self.lost or self.emptied)


def in_words(found: Rehearsal, names: Mapping[str, str] | None = None) -> list[str]:
    """A line for each thing to know; `names` are what people call the tables."""
    called = names or {}
    if found.refused is not None:
        return [f"{found.at} is refused: {found.refused}"]
    parts = (
        (found.lost, "lost"),
        (found.emptied, "with a value in a column that goes"),
        (found.changed, "changed"),
    )
    lines = [
        f"{rows_of(number, called.get(table, table))} {what}"
        for counts, what in parts
        for table, number in counts.items()
    ]
    return lines or ["no row is changed or lost"]


def rows_of(number: int, name: str) -> str:
    """Such as `3 rows of Todo`."""
    return f"{number} {'row' if number == 1 else 'rows'} of {name}"
