"""Projects that run on this machine: start, stop, look at their logs."""

from __future__ import annotations

from collections.abc import AsyncIterable
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.sse import EventSourceResponse

from local_engine.api.answers import refusals
from local_engine.api.engine import TheEngine
from local_engine.api.features.jobs import service as jobs
from local_engine.api.features.jobs.schemas import JobFacts
from local_engine.api.features.previews import service
from local_engine.api.features.previews.schemas import (
    LogLineSent,
    LogPage,
    PreviewFacts,
    PreviewStart,
)
from local_engine.api.features.projects.router import ProjectId
from local_engine.api.streams import OneStream, follow_lines
from local_engine.jobs.kinds.preview import PreviewRequest

router = APIRouter(prefix="/projects/{project}/preview", tags=["previews"])


def _log(engine: TheEngine, project: ProjectId) -> Path:
    return engine.previews.log(engine.projects.folder(project))


Log = Annotated[Path, Depends(_log)]


@router.get("", responses=refusals(404), operation_id="getPreview")
def get_preview(engine: TheEngine, project: ProjectId) -> PreviewFacts:
    """Whether a project runs, and where."""
    return engine.previews.facts(engine.projects.folder(project))


@router.post("", status_code=202, responses=refusals(404, 429, 503), operation_id="startPreview")
def start_preview(
    engine: TheEngine, project: ProjectId, start: PreviewStart | None = None
) -> JobFacts:
    """Start a project; the job is done when it answers."""
    engine.projects.folder(project)
    request = PreviewRequest(project=project, port=start.port if start else None)
    return JobFacts.of(jobs.start(engine.jobs, request))


@router.delete("", responses=refusals(404, 503), operation_id="stopPreview")
def stop_preview(engine: TheEngine, project: ProjectId) -> PreviewFacts:
    """Stop a project; its data stays."""
    folder = engine.projects.folder(project)
    engine.previews.stop(folder)
    return engine.previews.facts(folder)


@router.get("/logs", responses=refusals(404), operation_id="getPreviewLog")
def get_preview_log(log: Log, lines: Annotated[int, Query(ge=1, le=5000)] = 500) -> LogPage:
    """The last lines that the project has logged, in this run or an earlier one."""
    return LogPage(lines=service.last_lines(log, lines))


@router.get(
    "/logs/stream",
    response_class=EventSourceResponse,
    dependencies=[OneStream],
    responses=refusals(404, 429),
    operation_id="followPreviewLog",
)
async def follow_preview_log(engine: TheEngine, log: Log) -> AsyncIterable[LogLineSent]:
    """What the project logs from now on, line by line."""
    read = service.following(log)
    async for line in follow_lines(read, engine.closing):
        yield LogLineSent(line=line)
