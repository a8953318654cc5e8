"""The list of projects: where each is, how it is called, and when it was last opened.

Only a list: what a project is, is in its folder. One that is lost is made again from the folders.
"""

from __future__ import annotations

import json
import threading
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local_engine.storage import Damaged, open_database, set_aside

_MIGRATIONS = (
    """
CREATE TABLE projects (
  id TEXT PRIMARY KEY,
  folder TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  tags TEXT NOT NULL,
  created_at TEXT NOT NULL,
  opened_at TEXT NOT NULL
) STRICT;
""",
)
_COLUMNS = "id, folder, name, tags, created_at, opened_at"


@dataclass(frozen=True)
class Entry:
    """A project of the list."""

    id: str
    folder: Path
    name: str
    tags: tuple[str, ...]
    created_at: datetime
    opened_at: datetime


class Catalogue:
    """The list, in SQLite; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        try:
            self._database = open_database(path, _MIGRATIONS)
        except Damaged:
            set_aside(path)
            self._database = open_database(path, _MIGRATIONS)
        self._lock = threading.Lock()

    def all(self) -> list[Entry]:
        """All projects, the one opened last first."""
        return self._find("1 ORDER BY opened_at DESC, id", ())

    def get(self, project: str) -> Entry | None:
        """The project with this id."""
        return next(iter(self._find("id = ?", (project,))), None)

    def at(self, folder: Path) -> Entry | None:
        """The project in this folder."""
        return next(iter(self._find("folder = ?", (str(folder),))), None)

    def add(self, folder: Path, name: str, tags: tuple[str, ...] = ()) -> Entry:
        """Put a folder on the list; one that is there stays as it is."""
        now = datetime.now(UTC).isoformat()
        row = (uuid.uuid4().hex, str(folder), name, json.dumps(tags), now, now)
        with self._lock:
            self._database.execute(
                f"INSERT INTO projects ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own names
                " ON CONFLICT (folder) DO NOTHING",
                row,
            )
        found = self.at(folder)
        assert found is not None
        return found

    def change(
        self, project: str, *, name: str | None = None, tags: tuple[str, ...] | None = None
    ) -> Entry | None:
        """Give a project another name, other tags."""
        with self._lock:
            self._database.execute(
                "UPDATE projects SET name = coalesce(?, name), tags = coalesce(?, tags)"
                " WHERE id = ?",
                (name, None if tags is None else json.dumps(tags), project),
            )
        return self.get(project)

    def opened(self, project: str) -> None:
        """Note that a project was opened now."""
        with self._lock:
            self._database.execute(
                "UPDATE projects SET opened_at = ? WHERE id = ?",
                (datetime.now(UTC).isoformat(), project),
            )

    def remove(self, project: str) -> None:
        """Take a project off the list; its folder stays."""
        with self._lock:
            self._database.execute("DELETE FROM projects WHERE id = ?", (project,))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _find(self, condition: str, values: tuple[str, ...]) -> list[Entry]:
        with self._lock:
            rows = self._database.execute(
                f"SELECT {_COLUMNS} FROM projects WHERE {condition}",  # noqa: S608 - our own words
                values,
            ).fetchall()
        return [_entry(row) for row in rows]


def _entry(row: tuple[Any, ...]) -> Entry:
    created, opened = (datetime.fromisoformat(text) for text in row[4:6])
    return Entry(row[0], Path(row[1]), row[2], tuple(json.loads(row[3])), created, opened)
