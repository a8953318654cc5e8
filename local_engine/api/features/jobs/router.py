"""Whatever takes long: start it, follow its events, call it off."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Header, Path, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from local_engine.api.answers import NothingMore, refusals
from local_engine.api.engine import TheEngine
from local_engine.api.features.jobs import service
from local_engine.api.features.jobs.schemas import EventPage, JobFacts, JobPage
from local_engine.api.streams import OneStream, follow_events
from local_engine.jobs import JobEvent, is_last
from local_engine.jobs.kinds.all_kinds import Request

router = APIRouter(prefix="/jobs", tags=["jobs"])
events_router = APIRouter(prefix="/events", tags=["jobs"])

JobId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="The job's id.")]
After = Annotated[int, Query(ge=0, le=2**53, description="Only events with larger numbers.")]
LastEventId = Annotated[
    str, Header(pattern="^[0-9]{0,15}$", description="Where a stream that broke off had come to.")
]


@router.post("", status_code=202, responses=refusals(404, 429, 503), operation_id="startJob")
def start_job(engine: TheEngine, request: Annotated[Request, Body()]) -> JobFacts:
    """Start a job. It waits while another one of the same project runs."""
    return JobFacts.of(service.start(engine.jobs, request))


@router.get("", operation_id="listJobs")
def list_jobs(
    engine: TheEngine,
    project: Annotated[str | None, Query(max_length=64)] = None,
    before: Annotated[str | None, Query(pattern="^[0-9a-f]{32}$")] = None,
    limit: Annotated[int, Query(ge=1, le=service.MAX_PAGE)] = 50,
) -> JobPage:
    """Jobs, the newest first."""
    found = engine.jobs.page(project=project, before=before, limit=limit + 1)
    more = len(found) > limit
    shown = found[:limit]
    return JobPage(jobs=[JobFacts.of(job) for job in shown], next=shown[-1].id if more else None)


@router.get("/{job}", responses=refusals(404), operation_id="getJob")
def get_job(engine: TheEngine, job: JobId) -> JobFacts:
    """One job."""
    with service.refusing():
        return JobFacts.of(engine.jobs.get(job))


@router.post("/{job}/cancel", status_code=202, responses=refusals(404), operation_id="cancelJob")
def cancel_job(engine: TheEngine, job: JobId) -> JobFacts:
    """Call a job off. It ends soon; one that has ended stays as it is."""
    with service.refusing():
        return JobFacts.of(engine.jobs.cancel(job))


@router.post(
    "/{job}/repeat",
    status_code=202,
    responses=refusals(404, 409, 429, 503),
    operation_id="repeatJob",
)
def repeat_job(engine: TheEngine, job: JobId) -> JobFacts:
    """Start the same job again, as a new one."""
    return JobFacts.of(service.repeat(engine.jobs, job))


@router.get("/{job}/history", responses=refusals(404), operation_id="listJobEvents")
def list_job_events(engine: TheEngine, job: JobId, after: After = 0) -> EventPage:
    """The events of a job so far, a page at a time, for whoever does not follow the stream."""
    with service.refusing():
        engine.jobs.get(job)
    page = engine.jobs.feed.after(after, job=job)
    ended = any(is_last(event.event) for event in page)
    return EventPage(events=page, last=page[-1].id if page else after, ended=ended)


def _start_of(after: After = 0, last_event_id: LastEventId = "") -> int:
    return int(last_event_id) if last_event_id else after


Start = Annotated[int, Depends(_start_of)]


def _require_more(engine: TheEngine, job: JobId, start: Start) -> None:
    """End a stream that has nothing more to say for good: browsers come again otherwise."""
    if service.has_ended(engine.jobs, job, start):
        raise NothingMore


@router.get(
    "/{job}/events",
    response_class=EventSourceResponse,
    dependencies=[Depends(_require_more), OneStream],
    responses=refusals(404, 429) | {204: {"description": "All has been told"}},
    operation_id="followJob",
)
async def follow_job(engine: TheEngine, job: JobId, start: Start) -> AsyncIterable[ServerSentEvent]:
    """The events of a job as server-sent events, from any number on, up to its end.

    Each `data` is an event as in the history of the job, each `id` its number.
    """
    async for event in follow_events(engine.jobs.feed, engine.closing, start, job):
        yield _sent(event)


@events_router.get(
    "",
    response_class=EventSourceResponse,
    dependencies=[OneStream],
    responses=refusals(429),
    operation_id="followAll",
)
async def follow_all(
    engine: TheEngine,
    after: Annotated[int | None, Query(ge=0, le=2**53)] = None,
    last_event_id: LastEventId = "",
) -> AsyncIterable[ServerSentEvent]:
    """The events of all jobs, from now on, or from any number on."""
    if last_event_id:
        start = int(last_event_id)
    else:
        start = engine.jobs.last_event() if after is None else after
    async for event in follow_events(engine.jobs.feed, engine.closing, start, None):
        yield _sent(event)


def _sent(event: JobEvent) -> ServerSentEvent:
    return ServerSentEvent(id=str(event.id), raw_data=event.model_dump_json())
