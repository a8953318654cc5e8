"""The list of projects: where each is, how it is called, and when it was last opened.

SQLite makes it quick; nothing is only in there. Beside the database lies a small file for each
project, and the project's id is in its folder too: a database that is deleted or damaged is made
again from these (a damaged one is kept aside), and a folder that was moved is known again.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from local_engine.runtime.identity import new_identity, read_identity, write_identity
from local_engine.runtime.private_files import make_private_folder, write_private
from local_engine.storage import Damaged, open_database, set_aside

DATABASE = "catalogue.sqlite3"
_KNOWN = "known-projects"
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
    """
CREATE INDEX projects_by_opening ON projects (opened_at DESC, id);
""",
)
_COLUMNS = "id, folder, name, tags, created_at, opened_at"


@dataclass(frozen=True)
class Entry:
    """A project of the list, in the folder `place`, which may be gone: the list does not look."""

    id: str
    place: str
    name: str
    tags: tuple[str, ...]
    created_at: datetime
    opened_at: datetime

    @property
    def folder(self) -> Path:
        """Its folder as a path: for one of thousands, that would cost more than all the rest."""
        return Path(self.place)


class ProjectIndex:
    """The list; safe to use from several threads and by several processes."""

    def __init__(self, home: Path) -> None:
        """`home` is the engine's folder. Raises OSError, and TooNew for a newer program's file."""
        self._known = make_private_folder(home / _KNOWN)
        self._lock = threading.Lock()
        path = home / DATABASE
        try:
            self._database = open_database(path, _MIGRATIONS)
        except Damaged:
            set_aside(path)
            self._database = open_database(path, _MIGRATIONS)
        if not self.all():
            self._rebuild()

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
        """Put a folder on the list; one that is there stays as it is.

        A project that was moved here keeps its entry, also where another one was before. A copy of
        one that is still where it was becomes a project of its own.
        """
        found = self.at(folder)
        identity = read_identity(folder)
        if found is not None and identity in (None, found.id):
            if identity is None:
                write_identity(folder, found.id)
            return found
        if found is not None:
            self.remove(found.id)
        earlier = self.get(identity) if identity else None
        if earlier is not None and read_identity(earlier.folder) != identity:
            return self._store(replace(earlier, place=str(folder)))
        now = datetime.now(UTC)
        id_ = identity if identity and earlier is None else new_identity()
        entry = Entry(id_, str(folder), name, tags, now, now)
        if id_ != identity:
            write_identity(folder, id_)
        return self._store(entry)

    def begin(self, folder: Path, name: str, tags: tuple[str, ...] = ()) -> Entry:
        """Put a project on the list that is being made, whose folder has no history yet.

        One that was in this place and is gone is forgotten: with its id, the new project would get
        its data. One that was begun only, and is nothing but a Blueprint yet, keeps its entry.
        """
        found = self.at(folder)
        if found is not None and read_identity(folder) is None and not _is_begun(found):
            self.remove(found.id)
        return self.add(folder, name, tags)

    def change(
        self, project: str, *, name: str | None = None, tags: tuple[str, ...] | None = None
    ) -> Entry | None:
        """Give a project another name, other tags; None when there is no such project."""
        entry = self.get(project)
        if entry is None:
            return None
        name = entry.name if name is None else name
        return self._store(replace(entry, name=name, tags=entry.tags if tags is None else tags))

    def opened(self, project: str) -> None:
        """Note that a project was opened now."""
        entry = self.get(project)
        if entry is not None:
            if read_identity(entry.folder) is None:
                write_identity(entry.folder, entry.id)
            self._store(replace(entry, opened_at=datetime.now(UTC)))

    def remove(self, project: str) -> None:
        """Take a project off the list; its folder stays."""
        (self._known / f"{project}.json").unlink(missing_ok=True)
        with self._lock:
            self._database.execute("DELETE FROM projects WHERE id = ?", (project,))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _store(self, entry: Entry) -> Entry:
        """Keep an entry in its file, then in the database."""
        document = dict(zip(_COLUMNS.split(", "), _row(entry), strict=True))
        document["tags"] = list(entry.tags)
        write_private(self._known / f"{entry.id}.json", json.dumps(document, indent=1))
        with self._lock:
            self._insert(entry)
        return entry

    def _insert(self, entry: Entry) -> None:
        self._database.execute(
            f"INSERT OR REPLACE INTO projects ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608 - our own names
            _row(entry),
        )

    def _rebuild(self) -> None:
        with self._lock, self._database.atomic():
            for entry in self._entries_on_disk():
                self._insert(entry)

    def _entries_on_disk(self) -> Iterator[Entry]:
        for file in sorted(self._known.glob("*.json")):
            try:
                found = json.loads(file.read_text("utf-8"))
                yield _entry(
                    (
                        *(found[name] for name in ("id", "folder", "name")),
                        json.dumps(found["tags"]),
                        *(found[name] for name in ("created_at", "opened_at")),
                    )
                )
            except (OSError, ValueError, KeyError, TypeError):
                continue  # what cannot be read is not lost: the folder can be opened again

    def _find(self, condition: str, values: tuple[str, ...]) -> list[Entry]:
        with self._lock:
            rows = self._database.execute(
                f"SELECT {_COLUMNS} FROM projects WHERE {condition}",  # noqa: S608 - our own words
                values,
            ).fetchall()
        return [_entry(row) for row in rows]


def _is_begun(entry: Entry) -> bool:
    """Whether a project that has no history is in the making, and not gone with its folder."""
    from local_engine.projects.generation import BLUEPRINT_FILE
    from local_engine.runtime.docker.place import DeploymentPlace
    from local_engine.runtime.preview.naming import has_been_named

    has_run = has_been_named(entry.id) or DeploymentPlace.is_known(entry.id)
    return (entry.folder / BLUEPRINT_FILE).is_file() and not has_run


def _row(entry: Entry) -> tuple[Any, ...]:
    """An entry as it is stored."""
    times = (entry.created_at.isoformat(), entry.opened_at.isoformat())
    return (entry.id, entry.place, entry.name, json.dumps(entry.tags), *times)


def _entry(row: tuple[Any, ...]) -> Entry:
    created, opened = (datetime.fromisoformat(text) for text in row[4:6])
    return Entry(row[0], row[1], row[2], _tags(row[3]), created, opened)


@lru_cache(maxsize=1024)
def _tags(text: str) -> tuple[str, ...]:
    """Tags as they are stored; many projects have the same."""
    return tuple(json.loads(text))
