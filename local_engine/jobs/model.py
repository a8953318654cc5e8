"""A job as it is stored."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict


class JobStatus(StrEnum):
    """How far a job is; the last four are ends."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens."""
        return self not in (JobStatus.QUEUED, JobStatus.RUNNING)


class Job(BaseModel):
    """A job: what was asked for, how far it is, and what came of it.

    `request` and `result` are those of its kind, as plain data. `project` is the project's id, or
    None for a job that belongs to none.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    kind: str
    project: str | None
    request: dict[str, Any]
    status: JobStatus
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    result: dict[str, Any] | None = None
    repeats: str | None = None
