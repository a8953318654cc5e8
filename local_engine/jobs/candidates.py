"""Candidates of repairs, kept under their job's id until they are accepted or discarded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.jobs.folders import JobFolders
from local_engine.runtime.private_files import write_private

if TYPE_CHECKING:
    from local_engine.repair.candidate import Candidate

_FILE = "candidate.json"


class Candidates:
    """The candidates in the engine's folder, one sub-folder a job."""

    def __init__(self, home: Path) -> None:
        self._folders = JobFolders(home / "candidates")

    def write(self, job: str, candidate: Candidate) -> None:
        """Keep a candidate."""
        write_private(self._folders.make(job) / _FILE, candidate.dump())

    def find(self, job: str) -> Candidate | None:
        """The candidate of a job, if it waits still."""
        from local_engine.repair.candidate import Candidate

        folder = self._folders.find(job)
        path = folder and folder / _FILE
        return Candidate.load(path.read_text("utf-8")) if path and path.is_file() else None

    def remove(self, job: str) -> None:
        """Remove a candidate, if there is one."""
        self._folders.remove(job)
