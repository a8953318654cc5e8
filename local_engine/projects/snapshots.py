"""Snapshots of a project's database: what the store asks of whoever runs the database."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Protocol

from local_engine.projects.errors import ProjectError

_FOLDER = "snapshots"
_UNFINISHED = "restoring"


class Snapshots(Protocol):
    """Stores and restores the database that belongs to a project."""

    def store(self, project: Path, into: Path) -> None:
        """Write all rows into a new file. Raises OSError."""

    def restore(self, project: Path, snapshot: Path) -> None:
        """Make the database what the file says; may be repeated. Raises OSError."""

    def newer_than(self, project: Path, snapshot: Path) -> str | None:
        """What is in the database but not in the file, in words: “3 todos”; None: nothing."""


class NewerData(ProjectError):
    """Restoring a snapshot would replace newer data: the user must be asked."""

    def __init__(self, loss: str) -> None:
        super().__init__(
            f"newer data would be replaced: {loss}",
            hint="it is kept as a version of its own; repeat with --replace-data",
        )
        self.loss = loss


class SnapshotFolder:
    """The snapshot files of one project, beside its repository."""

    def __init__(self, private: Path) -> None:
        self._folder = private / _FOLDER
        self._unfinished = private / _UNFINISHED

    def path(self, id_: str) -> Path:
        """The file of a snapshot."""
        return self._folder / id_

    def has(self, id_: str | None) -> bool:
        """Whether there is such a snapshot; it may have been removed to save space."""
        return id_ is not None and self.path(id_).is_file()

    def store(self, snapshots: Snapshots, project: Path) -> str:
        """Make a snapshot of what the database holds now; returns its id."""
        self._folder.mkdir(exist_ok=True)
        id_ = secrets.token_hex(8)
        beside = self._folder / f"{id_}.new"
        try:
            snapshots.store(project, beside)
            beside.rename(self.path(id_))
        finally:
            beside.unlink(missing_ok=True)
        return id_

    def intend(self, id_: str) -> None:
        """Write down that a snapshot is to be restored."""
        self._unfinished.write_text(id_, "utf-8")

    @property
    def intended(self) -> str | None:
        """The snapshot whose restoring did not come to an end, if one did not."""
        try:
            return self._unfinished.read_text("utf-8") or None
        except FileNotFoundError:
            return None

    def restore_intended(self, snapshots: Snapshots, project: Path) -> None:
        """Do, or do again, the restoring that was written down."""
        id_ = self.intended
        if id_ is not None:
            snapshots.restore(project, self.path(id_))
            self._unfinished.unlink()
