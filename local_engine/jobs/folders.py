"""A folder for each job, named by the job's id, for what it leaves behind."""

from __future__ import annotations

import contextlib
import re
import shutil
from pathlib import Path

from local_engine.runtime.private_files import make_private_folder

_ID = re.compile(r"[0-9a-f]{32}")


class JobFolders:
    """The folders of jobs inside of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make(self, job: str) -> Path:
        """The job's folder, made if need be. Raises ValueError for what is no id, `OSError`."""
        make_private_folder(self._folder)
        return make_private_folder(self._place(job))

    def find(self, job: str) -> Path | None:
        """The job's folder, if it is there."""
        if not _ID.fullmatch(job):
            return None
        place = self._place(job)
        return place if place.is_dir() else None

    def remove(self, job: str) -> None:
        """Remove the job's folder, if it is there. Raises ValueError for what is no id."""
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self._place(job))

    def _place(self, job: str) -> Path:
        if not _ID.fullmatch(job):
            raise ValueError(f"{job!r} is no job's id")
        return self._folder / job
