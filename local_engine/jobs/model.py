"""A job as it is stored."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

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
    None for a job that belongs to none. `runner` is the process that carries it out: an engine, or
    a command in a terminal that does the work itself.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

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
    runner: str | None = None
    started_by: Literal["engine", "command"] = "engine"


def project_of(request: BaseModel) -> str | None:
    """The project that a request is about, if its kind names one."""
    found: Any = getattr(request, "project", None)
    return found if isinstance(found, str) else None
