"""Deleted projects: moved aside whole, brought back, or removed for good when that was asked.

Each lies in a folder of its own below `trash` in the data folder, beside a note that says what it
was and where. One without a note (of an older version) is known by its folder's name alone.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from local_engine.projects.errors import ProjectError
from local_engine.projects.index import Entry, ProjectIndex
from local_engine.projects.whereabouts import note_removal
from local_engine.runtime.identity import read_identity
from local_engine.runtime.private_files import make_private_folder, write_private

_ID = re.compile(r"(?P<name>.+)-(?P<nanoseconds>[0-9]{16,20})")
_UNFINISHED = ".moving-"


class NoSuchTrash(ProjectError):
    """There is nothing of this id in the trash."""


@dataclass(frozen=True)
class Trashed:
    """A deleted project. `files` and `bytes` are what it takes; `folder` is where it was."""

    id: str
    name: str
    folder: Path | None
    deleted_at: datetime
    files: int
    bytes: int


class Trash:
    """The deleted projects of a data folder."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "trash"

    def put(self, entry: Entry) -> str:
        """Move a project's folder here; gives the id. Raises `OSError`, and then it is there."""
        make_private_folder(self.folder)
        id_ = f"{entry.folder.name}-{time.time_ns()}"
        note = {
            "project": entry.id,
            "name": entry.name,
            "folder": str(entry.folder),
            "tags": list(entry.tags),
            "deleted_at": datetime.now(UTC).isoformat(),
        }
        write_private(self._note(id_), json.dumps(note, indent=1))
        _move(entry.folder, self.folder / id_)
        return id_

    def all(self) -> list[Trashed]:
        """What is here, the newest first."""
        if not self.folder.is_dir():
            return []
        found = (self._trashed(place) for place in self._places())
        return sorted(found, key=lambda one: one.deleted_at, reverse=True)

    def get(self, wanted: str) -> Trashed:
        """The one of this id, or the only one of this name. Raises `NoSuchTrash`."""
        found = self.all()
        matching = [one for one in found if one.id == wanted]
        matching = matching or [one for one in found if wanted in (one.name, _word(one.id))]
        if len(matching) != 1:
            many = f"{len(matching)} deleted projects are called" if matching else "nothing is"
            ids = ", ".join(one.id for one in matching) or "`trash` lists what there is"
            raise NoSuchTrash(f"{many} {wanted!r}", hint=ids)
        return matching[0]

    def restore(self, wanted: str, index: ProjectIndex, otherwise: Path) -> Entry:
        """Bring a project back to where it was, or to a free place beside it.

        `otherwise` is the folder for one of which it is not known. Raises `NoSuchTrash`, `OSError`.
        """
        found = self.get(wanted)
        place = _free(found.folder or otherwise / _word(found.id))
        place.parent.mkdir(parents=True, exist_ok=True)
        _move(self.folder / found.id, place)
        tags = self._read_note(found.id).get("tags")
        known = tuple(map(str, tags)) if isinstance(tags, list) else ()
        entry = index.add(place.resolve(), found.name, known)
        self._note(found.id).unlink(missing_ok=True)
        return entry

    def remove(self, wanted: str) -> Trashed:
        """Remove one for good, and write that down. Raises `NoSuchTrash`, `OSError`."""
        found = self.get(wanted)
        project = read_identity(self.folder / found.id)
        shutil.rmtree(self.folder / found.id)
        if project is not None:
            note_removal(self.folder.parent, project, str(found.folder or ""))
        self._note(found.id).unlink(missing_ok=True)
        return found

    def _places(self) -> Iterator[Path]:
        for place in self.folder.iterdir():
            known = _ID.fullmatch(place.name) and not place.name.startswith(_UNFINISHED)
            if known and place.is_dir() and not place.is_symlink():
                yield place

    def _trashed(self, place: Path) -> Trashed:
        note = self._read_note(place.name)
        files, size = _extent(place)
        folder = note.get("folder")
        return Trashed(
            id=place.name,
            name=str(note.get("name") or _word(place.name)),
            folder=Path(folder) if isinstance(folder, str) else None,
            deleted_at=_moment(place.name),
            files=files,
            bytes=size,
        )

    def _note(self, id_: str) -> Path:
        return self.folder / f"{id_}.json"

    def _read_note(self, id_: str) -> dict[str, object]:
        try:
            found = json.loads(self._note(id_).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def _move(source: Path, target: Path) -> None:
    """Move a folder, to another disk as well; it is at one of the two places, whole, throughout."""
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy = target.with_name(f"{_UNFINISHED}{target.name}")
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(copy)
        shutil.copytree(source, copy, symlinks=True)
        copy.rename(target)
        shutil.rmtree(source)


def _free(wanted: Path) -> Path:
    place, number = wanted, 2
    while place.exists() or place.is_symlink():
        place, number = wanted.with_name(f"{wanted.name}-{number}"), number + 1
    return place


def _extent(place: Path) -> tuple[int, int]:
    files = size = 0
    for folder, _, names in os.walk(place):
        for name in names:
            with contextlib.suppress(OSError):
                size += (Path(folder) / name).lstat().st_size
            files += 1
    return files, size


def _word(id_: str) -> str:
    found = _ID.fullmatch(id_)
    return found["name"] if found else id_


def _moment(id_: str) -> datetime:
    found = _ID.fullmatch(id_)
    return datetime.fromtimestamp(int(found["nanoseconds"]) / 1e9 if found else 0, UTC)
