"""Snapshots of a project's database: what the store asks of whoever runs the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal, Protocol

from local_engine.projects.errors import ProjectError
from local_engine.runtime.snapshots.files import Applied, Reason, Snapshot
from local_engine.runtime.snapshots.rehearsal import Rehearsal, rows_of
from local_engine.runtime.snapshots.scripts import Script

Where = Literal["preview", "docker"]
"""Which of a project's two databases: each has its own data, and its own snapshots."""


class Held(Protocol):
    """A database in hand. Methods raise `SnapshotError` or OSError and have changed nothing then.

    Opening it, and `settle`, carry out a restoring that is owed (see `SnapshotFiles.owe`).
    """

    @property
    def migrations(self) -> tuple[Applied, ...]:
        """The migrations that it has; none where there is no database."""

    @property
    def has_rows(self) -> bool:
        """Whether there is any row of the user's in it."""

    def store(self, reason: Reason) -> Snapshot:
        """Make a snapshot among the project's."""

    def newer_than(self, snapshot: Snapshot, scripts: Sequence[Script]) -> dict[str, int]:
        """Rows by table that would be lost if it became the snapshot."""

    def taken_back(self, scripts: Sequence[Script]) -> tuple[Snapshot, Rehearsal]:
        """A snapshot of what it would be without these migrations, and what would be lost."""

    def rehearse(self, scripts: Sequence[Script]) -> Rehearsal:
        """Run migrations on a copy, and tell what they do to the rows."""

    def count(self, query: str) -> int | None:
        """The one number that a reading query gives; None where it cannot be run."""

    def settle(self) -> None:
        """Make it, in one step, the snapshot that is owed; nothing without one."""


class Snapshots(Protocol):
    """Runs one of the databases that belong to a project."""

    @property
    def where(self) -> Where:
        """Which one it runs."""

    def has_database(self, project: Path) -> bool:
        """Whether there may be one; quick."""

    def open(self, project: Path) -> AbstractContextManager[Held]:
        """Hold it; a service that uses it goes on."""

    def at_rest(self, project: Path) -> AbstractContextManager[Held]:
        """Hold it while nothing uses it; a service that did is started again afterwards.

        Raises `NotStartedError` where that fails: the block is done then.
        """

    def follow(self, project: Path) -> None:
        """Let what runs on it run the version that is in the folder. Raises `NotStartedError`."""


class NewerData(ProjectError):
    """Older data would replace newer data: the user must be asked. `rows` are lost, by table."""

    def __init__(self, rows: Mapping[str, int], names: Mapping[str, str]) -> None:
        self.rows = dict(rows)
        self.lines = [rows_of(number, names.get(table, table)) for table, number in rows.items()]
        self.words = in_words(rows, names)
        super().__init__(
            f"newer data would be replaced: {self.words}",
            hint="it is kept as a version of its own; repeat with --replace-data",
        )


def in_words(rows: Mapping[str, int], names: Mapping[str, str]) -> str:
    """Such as `3 rows of Todo, 1 row of List`; `names` are what people call the tables."""
    return ", ".join(
        rows_of(number, names.get(table, table)) for table, number in sorted(rows.items())
    )
