"""What the owner changed by hand in a project's data: written down, never changed."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.api.features.data.schemas import DataChange
from local_engine.storage import Damaged, open_database, set_aside

if TYPE_CHECKING:
    from sqlite_utils import Database

_MIGRATIONS = (
    """
CREATE TABLE changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project TEXT NOT NULL,
  at TEXT NOT NULL,
  name TEXT NOT NULL,
  action TEXT NOT NULL,
  before TEXT,
  after TEXT
) STRICT;
CREATE INDEX changes_by_project ON changes (project, id);
""",
)

Values = Mapping[str, Any] | None


class Audit:
    """The changes of all projects, in SQLite."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def write(self, project: str, table: str, action: str, before: Values, after: Values) -> None:
        """Write a change down. Raises `OSError`, and then it shall not be made."""
        row = (
            project,
            datetime.now(UTC).isoformat(),
            table,
            action,
            None if before is None else json.dumps(before),
            None if after is None else json.dumps(after),
        )
        with self._lock:
            database = self._open()
            try:
                database.execute(
                    "INSERT INTO changes (project, at, name, action, before, after)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    row,
                )
            finally:
                database.close()

    def read(self, project: str, limit: int) -> list[DataChange]:
        """The last changes of a project, the newest first."""
        with self._lock:
            database = self._open()
            try:
                rows = database.execute(
                    "SELECT id, at, name, action, before, after FROM changes"
                    " WHERE project = ? ORDER BY id DESC LIMIT ?",
                    (project, limit),
                ).fetchall()
            finally:
                database.close()
        return [_change(row) for row in rows]

    def _open(self) -> Database:
        try:
            return open_database(self._path, _MIGRATIONS)
        except Damaged:
            set_aside(self._path)
            return open_database(self._path, _MIGRATIONS)


def _change(row: tuple[Any, ...]) -> DataChange:
    facts = dict(zip(("id", "at", "table", "action", "before", "after"), row, strict=True))
    for name in ("before", "after"):
        facts[name] = json.loads(facts[name]) if facts[name] else None
    return DataChange.model_validate(facts)
