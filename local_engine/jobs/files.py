"""Files that jobs take and give: what was uploaded for them, and what they made for download."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO

from local_engine.jobs.folders import JobFolders
from local_engine.runtime.private_files import make_private_folder

KEPT_UPLOADS = 20
KEPT_SECONDS = 24 * 3600.0
_ID = re.compile(r"[0-9a-f]{32}")


class Uploads:
    """What was uploaded, each file under an id; old ones go when new ones come."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "uploads"

    def begin(self) -> tuple[str, BinaryIO]:
        """A new upload: its id, and the file to write to. Raises `OSError`."""
        make_private_folder(self._folder)
        self._clear_away()
        id_ = uuid.uuid4().hex
        path = self._folder / id_
        path.touch(0o600, exist_ok=False)
        return id_, path.open("wb")

    def find(self, upload: str) -> Path | None:
        """The file of an upload, if it is there."""
        if not _ID.fullmatch(upload):
            return None
        path = self._folder / upload
        return path if path.is_file() else None

    def remove(self, upload: str) -> None:
        """Remove an upload, if it is there."""
        found = self.find(upload)
        if found is not None:
            found.unlink(missing_ok=True)

    def _clear_away(self) -> None:
        found = sorted(self._folder.iterdir(), key=_age)
        for place, old in enumerate(found):
            if place >= KEPT_UPLOADS - 1 or _age(old) > KEPT_SECONDS:
                old.unlink(missing_ok=True)


class Exports:
    """What exports made, each under its job's id: one file that keeps its name."""

    def __init__(self, home: Path) -> None:
        self._folders = JobFolders(home / "exports")

    def write(self, job: str, name: str, fill: Callable[[IO[bytes]], None]) -> Path:
        """Keep the file of an export, which `fill` writes. Raises `OSError`."""
        path = self._folders.make(job) / name
        unfinished = path.with_name(f".{name}")
        unfinished.touch(0o600)
        with unfinished.open("wb") as file:
            fill(file)
        unfinished.replace(path)
        return path

    def find(self, job: str) -> Path | None:
        """The file of an export, if it is there."""
        folder = self._folders.find(job)
        if folder is None:
            return None
        return next((path for path in folder.iterdir() if path.name[0] != "."), None)

    def remove(self, job: str) -> None:
        """Remove the file of an export, if there is one."""
        self._folders.remove(job)


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return KEPT_SECONDS
