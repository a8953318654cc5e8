"""What export jobs made: the list, and each for download under its job's id."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse

from local_engine.api.answers import refusals
from local_engine.api.engine import TheEngine
from local_engine.api.features.exports import service
from local_engine.api.features.exports.schemas import ExportList
from local_engine.api.features.jobs.router import JobId
from local_engine.api.features.projects.router import ProjectId
from local_engine.jobs.formats import MEDIA_TYPES

router = APIRouter(tags=["exports"])

_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, under its name",
        "content": {media_type: {"schema": {"type": "string"}} for media_type in MEDIA_TYPES},
    }
}
# A document from here is never a page of the engine's own.
_SANDBOX = {"Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "no-store"}


@router.get("/projects/{project}/exports", responses=refusals(404), operation_id="listExports")
def list_exports(
    engine: TheEngine, project: ProjectId, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> ExportList:
    """The exports of a project that can be downloaded, the newest first."""
    engine.projects.get(project)
    return ExportList(exports=service.summaries(engine.jobs, project, limit))


@router.get(
    "/exports/{job}",
    response_class=FileResponse,
    responses=refusals(404) | _FILE,
    operation_id="downloadExport",
)
def download_export(engine: TheEngine, job: JobId) -> FileResponse:
    """The file that an export job made, to be saved under the name that it has."""
    path, media_type = service.file_of(engine.jobs, job)
    return FileResponse(path, media_type=media_type, filename=path.name, headers=_SANDBOX)
