"""`preview`: start a project on this machine; it runs on when the job is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from local_engine.jobs.kind import JobRequest, JobResult, Kind, Place
from local_engine.jobs.run import JobFailed, Run
from local_engine.jobs.stages import telling_stages

if TYPE_CHECKING:
    from local_engine.runtime.preview import PreviewState


class PreviewRequest(JobRequest):
    """Start this project; `port` is a wish, a free one is taken without it."""

    kind: Literal["preview"] = "preview"
    project: str
    log_statements: Annotated[
        bool, Field(description="Log each SQL statement with its request's id.")
    ] = True
    port: Annotated[int | None, Field(ge=1024, le=65535)] = None


class PreviewResult(JobResult):
    """Where it runs."""

    kind: Literal["preview"] = "preview"
    name: str
    url: str
    docs: str
    pid: int


def run(run: Run, request: PreviewRequest, place: Place) -> PreviewResult:
    """Start it under a supervisor, a process that ends together with the engine."""
    from local_engine.runtime.preview import PreviewError
    from local_engine.runtime.preview.detached import Supervisor

    try:
        settings = {"LOG_STATEMENTS": "true"} if request.log_statements else {}
        supervisor = Supervisor(place.project, port=request.port, settings=settings, tied=True)
        with run.cancelling(supervisor.end):
            try:
                state = supervisor.hear(telling_stages(run))
            except BaseException:
                supervisor.stop()
                raise
    except PreviewError as error:
        run.check()
        raise failure_of(error) from None
    run.keep(supervisor)
    return result_of(state)


def failure_of(error: Exception) -> JobFailed:
    """Why a preview does not start, as a job's failure."""
    first, _, rest = str(error).partition("\n")
    return JobFailed("preview-failed", first, hint=rest)


def result_of(state: PreviewState) -> PreviewResult:
    """A preview that runs, as a job's result."""
    assert state.url is not None
    assert state.pid is not None
    return PreviewResult(name=state.name, url=state.url, docs=f"{state.url}/docs", pid=state.pid)


KIND = Kind("preview", PreviewRequest, run, "here")
