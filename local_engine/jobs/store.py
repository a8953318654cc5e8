"""Jobs and their events in SQLite: the one truth that every follower reads."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local_engine.jobs.events import Event, JobEvent, read_event
from local_engine.jobs.model import Job, JobStatus
from local_engine.storage import Damaged, open_database, set_aside

KEPT_JOBS = 500
PAGE = 500

_MIGRATIONS = (
    """
CREATE TABLE jobs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  project TEXT,
  request TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at TEXT NOT NULL,
  started_at TEXT,
  ended_at TEXT,
  result TEXT,
  repeats TEXT
) STRICT;
CREATE INDEX jobs_by_project ON jobs (project, number);
CREATE INDEX jobs_by_status ON jobs (status);
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  at TEXT NOT NULL,
  event TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_job ON events (job, id);
""",
    """
ALTER TABLE jobs ADD COLUMN runner TEXT;
ALTER TABLE jobs ADD COLUMN started_by TEXT NOT NULL DEFAULT 'engine';
ALTER TABLE jobs ADD COLUMN called_off INTEGER NOT NULL DEFAULT 0;
""",
)
_COLUMNS = (
    "id, kind, project, request, status, created_at, started_at, ended_at, result, repeats,"
    " runner, started_by"
)
_GOING_ON = (JobStatus.QUEUED, JobStatus.RUNNING)
_STATUS = {
    "started": JobStatus.RUNNING,
    "succeeded": JobStatus.SUCCEEDED,
    "failed": JobStatus.FAILED,
    "cancelled": JobStatus.CANCELLED,
    "interrupted": JobStatus.INTERRUPTED,
}


class JobStore:
    """The table of jobs and that of their events; safe to use by several threads and processes.

    Event numbers only grow, also when old jobs are removed: there is one writer at a time, and it
    commits before the number is known to anybody. A job ends once, and nothing comes after that.
    """

    def __init__(self, path: Path, *, examined: bool = True) -> None:
        """Open or make the file. One that is damaged is set aside: `damaged` says where.

        Examining takes longer the more there is; who opens it for a moment leaves that to others.
        """
        self.damaged: Path | None = None
        try:
            self._database = open_database(path, _MIGRATIONS, examined=examined)
        except Damaged:
            self.damaged = set_aside(path)
            self._database = open_database(path, _MIGRATIONS)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def add(self, job: Job, event: Event) -> None:
        """Store a new job with its first event."""
        row = (
            job.id,
            job.kind,
            job.project,
            json.dumps(job.request),
            job.status,
            job.created_at.isoformat(),
            job.repeats,
            job.runner,
            job.started_by,
        )
        with self._lock, self._database.atomic():
            self._database.execute(
                "INSERT INTO jobs (id, kind, project, request, status, created_at, repeats,"
                " runner, started_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            self._insert(job.id, event)

    def record(self, job: str, event: Event, *, result: Mapping[str, Any] | None = None) -> bool:
        """Store an event, and what it changes about its job, in one step.

        False, and nothing is stored, when the job has ended before.
        """
        status = _STATUS.get(event.type)
        with self._lock, self._database.atomic():
            if not self._insert(job, event):
                return False
            if status is not None:
                column = "started_at" if status is JobStatus.RUNNING else "ended_at"
                self._database.execute(
                    f"UPDATE jobs SET status = ?, {column} = ?, result = ? WHERE id = ?",  # noqa: S608 - one of two names
                    (
                        status,
                        datetime.now(UTC).isoformat(),
                        None if result is None else json.dumps(result),
                        job,
                    ),
                )
            return True

    def call_off(self, job: str) -> None:
        """Ask whoever carries a job out to end it."""
        with self._lock, self._database.atomic():
            self._database.execute("UPDATE jobs SET called_off = 1 WHERE id = ?", (job,))

    def is_called_off(self, job: str) -> bool:
        """Whether somebody asked to end this job."""
        with self._lock:
            row = self._database.execute(
                "SELECT called_off FROM jobs WHERE id = ?", (job,)
            ).fetchone()
        return row is not None and bool(row[0])

    def get(self, job: str) -> Job | None:
        """The job with this id."""
        with self._lock:
            row = self._database.execute(
                f"SELECT {_COLUMNS} FROM jobs WHERE id = ?",  # noqa: S608 - our own names
                (job,),
            ).fetchone()
        return None if row is None else _job(row)

    def page(
        self, *, project: str | None = None, before: str | None = None, limit: int = 50
    ) -> list[Job]:
        """Jobs, the newest first, from the one after `before`, of one project or of all."""
        with self._lock:
            rows = self._database.execute(
                f"SELECT {_COLUMNS} FROM jobs"  # noqa: S608 - our own names
                " WHERE (:project IS NULL OR project = :project)"
                " AND (:before IS NULL OR number < (SELECT number FROM jobs WHERE id = :before))"
                " ORDER BY number DESC LIMIT :limit",
                {"project": project, "before": before, "limit": limit},
            ).fetchall()
        return [_job(row) for row in rows]

    def unfinished(self) -> list[Job]:
        """Jobs that have no end, the oldest first."""
        with self._lock:
            rows = self._database.execute(
                f"SELECT {_COLUMNS} FROM jobs WHERE status IN (?, ?) ORDER BY number",  # noqa: S608 - our own names
                _GOING_ON,
            ).fetchall()
        return [_job(row) for row in rows]

    def busy_projects(self) -> set[str]:
        """The projects of which a job waits or runs, whoever carries it out."""
        with self._lock:
            rows = self._database.execute(
                "SELECT DISTINCT project FROM jobs WHERE status IN (?, ?) AND project IS NOT NULL",
                _GOING_ON,
            ).fetchall()
        return {project for (project,) in rows}

    def is_held_by_others(self, project: str, runner: str) -> bool:
        """Whether a job of the project runs in another process than this one."""
        with self._lock:
            row = self._database.execute(
                "SELECT 1 FROM jobs WHERE status = ? AND project = ? AND runner IS NOT ? LIMIT 1",
                (JobStatus.RUNNING, project, runner),
            ).fetchone()
        return row is not None

    def events_after(
        self, last: int, *, job: str | None = None, limit: int = PAGE
    ) -> list[JobEvent]:
        """The events with larger numbers than `last`, in order, of one job or of all."""
        condition = "" if job is None else " AND job = :job"
        with self._lock:
            rows = self._database.execute(
                f"SELECT id, job, at, event FROM events WHERE id > :last{condition}"  # noqa: S608 - a constant
                " ORDER BY id LIMIT :limit",
                {"last": last, "limit": limit} | ({} if job is None else {"job": job}),
            ).fetchall()
        return [
            JobEvent(id=row[0], job=row[1], at=row[2], event=read_event(row[3])) for row in rows
        ]

    def last_event(self, job: str | None = None) -> int:
        """The number of the newest event, of one job or of all; 0 where there is none."""
        condition = "" if job is None else " WHERE job = :job"
        with self._lock:
            row = self._database.execute(
                f"SELECT max(id) FROM events{condition}",  # noqa: S608 - a constant
                {} if job is None else {"job": job},
            ).fetchone()
        return int(row[0] or 0)

    def prune(self, kept: int = KEPT_JOBS) -> list[str]:
        """Remove the oldest ended jobs beyond so many, with their events; gives their ids."""
        with self._lock, self._database.atomic():
            rows = self._database.execute(
                "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE status NOT IN (?, ?)"
                " ORDER BY number DESC LIMIT -1 OFFSET ?) RETURNING id",
                (*_GOING_ON, kept),
            ).fetchall()
        return [job for (job,) in rows]

    def _insert(self, job: str, event: Event) -> bool:
        """Store an event of a job that goes on; one statement, so no end comes in between."""
        cursor = self._database.execute(
            "INSERT INTO events (job, at, event) SELECT id, ?, ? FROM jobs"
            " WHERE id = ? AND status IN (?, ?)",
            (datetime.now(UTC).isoformat(), event.model_dump_json(), job, *_GOING_ON),
        )
        return cursor.rowcount == 1


def _job(row: tuple[Any, ...]) -> Job:
    return Job(
        id=row[0],
        kind=row[1],
        project=row[2],
        request=json.loads(row[3]),
        status=row[4],
        created_at=row[5],
        started_at=row[6],
        ended_at=row[7],
        result=None if row[8] is None else json.loads(row[8]),
        repeats=row[9],
        runner=row[10],
        started_by=row[11],
    )
