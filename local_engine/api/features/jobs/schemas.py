"""What is sent about jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from local_engine.jobs import Job, JobEvent, JobStatus
from local_engine.jobs.kinds.all_kinds import Request, Result

REQUESTS: TypeAdapter[Request] = TypeAdapter(Request)
RESULTS: TypeAdapter[Result] = TypeAdapter(Result)


class JobFacts(BaseModel):
    """A job. `request` and `result` are null for one that an older version has done otherwise."""

    id: str
    kind: str
    project: Annotated[str | None, Field(description="The project's id, if it is about one.")]
    status: JobStatus
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    started_by: Annotated[
        Literal["engine", "command"], Field(description="A command does its work in a terminal.")
    ]
    repeats: Annotated[str | None, Field(description="The job that this one does again.")]
    request: Request | None
    result: Result | None

    @classmethod
    def of(cls, job: Job) -> JobFacts:
        """The facts of a job as it is stored."""
        return cls(
            **job.model_dump(exclude={"request", "result", "runner"}),
            request=_read(REQUESTS, job.request),
            result=None if job.result is None else _read(RESULTS, job.result),
        )


class JobPage(BaseModel):
    """Jobs, the newest first; `next` is the `before` of the next page, null at the end."""

    jobs: list[JobFacts]
    next: str | None


class EventPage(BaseModel):
    """Events in order; `last` is the `after` of the next page, `ended` says that none follows."""

    events: list[JobEvent]
    last: int
    ended: bool


def _read(form: TypeAdapter[Request] | TypeAdapter[Result], found: object) -> object:
    try:
        return form.validate_python(found)
    except ValidationError:
        return None
