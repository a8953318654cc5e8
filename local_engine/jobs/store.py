"""Jobs and their events in SQLite: the one truth that every follower reads."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local_engine.jobs.events import EVENTS, Event, JobEvent
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
)
_COLUMNS = (
    "id, kind, project, request, status, created_at, started_at, ended_at, result, repeats, number"
)
_STATUS = {
    "started": JobStatus.RUNNING,
    "succeeded": JobStatus.SUCCEEDED,
    "failed": JobStatus.FAILED,
    "cancelled": JobStatus.CANCELLED,
    "interrupted": JobStatus.INTERRUPTED,
}


class JobStore:
    """The table of jobs and that of their events; safe to use from several threads.

    Event numbers only grow, also when old jobs are removed: there is one writer at a time, and it
    commits before the number is known to anybody.
    """

    def __init__(self, path: Path) -> None:
        """Open or make the file. One that is damaged is set aside: `damaged` says where."""
        self.damaged: Path | None = None
        try:
            self._database = open_database(path, _MIGRATIONS)
        except Damaged:
            self.damaged = set_aside(path)
            self._database = open_database(path, _MIGRATIONS)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def add(self, job: Job, event: Event) -> JobEvent:
        """Store a new job with its first event."""
        row = (
            job.id,
            job.kind,
            job.project,
            json.dumps(job.request),
            job.status,
            job.created_at.isoformat(),
            job.repeats,
        )
        with self._lock, self._database.atomic():
            self._database.execute(
                "INSERT INTO jobs (id, kind, project, request, status, created_at, repeats)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            return self._insert(job.id, event)

    def record(
        self, job: str, event: Event, *, result: Mapping[str, Any] | None = None
    ) -> JobEvent:
        """Store an event, and what it changes about its job, in one step."""
        status = _STATUS.get(event.type)
        with self._lock, self._database.atomic():
            stored = self._insert(job, event)
            if status is not None:
                column = "started_at" if status is JobStatus.RUNNING else "ended_at"
                self._database.execute(
                    f"UPDATE jobs SET status = ?, {column} = ?, result = ? WHERE id = ?",  # noqa: S608 - one of two names
                    (
                        status,
                        stored.at.isoformat(),
                        None if result is None else json.dumps(result),
                        job,
                    ),
                )
            return stored

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
                (JobStatus.QUEUED, JobStatus.RUNNING),
            ).fetchall()
        return [_job(row) for row in rows]

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
            JobEvent(id=row[0], job=row[1], at=row[2], event=EVENTS.validate_json(row[3]))
            for row in rows
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
                "SELECT id FROM jobs WHERE status NOT IN (?, ?) ORDER BY number DESC"
                " LIMIT -1 OFFSET ?",
                (JobStatus.QUEUED, JobStatus.RUNNING, kept),
            ).fetchall()
            for (job,) in rows:
                self._database.execute("DELETE FROM jobs WHERE id = ?", (job,))
        return [job for (job,) in rows]

    def _insert(self, job: str, event: Event) -> JobEvent:
        now = datetime.now(UTC)
        cursor = self._database.execute(
            "INSERT INTO events (job, at, event) VALUES (?, ?, ?)",
            (job, now.isoformat(), event.model_dump_json()),
        )
        if cursor.lastrowid is None:
            raise sqlite3.DatabaseError("an event got no number")
        return JobEvent(id=cursor.lastrowid, job=job, at=now, event=event)


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
    )
