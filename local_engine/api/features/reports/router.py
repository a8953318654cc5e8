"""What verifications have found: as JSON, as a page, as JUnit XML."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from local_engine.api.answers import refusals
from local_engine.api.engine import TheEngine
from local_engine.api.features.jobs.router import JobId
from local_engine.api.features.projects.router import ProjectId
from local_engine.api.features.reports import service
from local_engine.api.features.reports.schemas import ReportList

router = APIRouter(tags=["reports"])

# The page brings its own style and runs nothing.
_PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)


def _text(media_type: str) -> dict[int | str, dict[str, Any]]:
    content = {media_type: {"schema": {"type": "string"}}}
    return {200: {"description": "The report", "content": content}}


@router.get("/projects/{project}/reports", responses=refusals(404), operation_id="listReports")
def list_reports(
    engine: TheEngine, project: ProjectId, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> ReportList:
    """The verifications of a project that came to a verdict, the newest first."""
    engine.projects.get(project)
    return ReportList(reports=service.summaries(engine.jobs, project, limit))


@router.get("/reports/{job}", responses=refusals(404), operation_id="getReport")
def get_report(engine: TheEngine, job: JobId) -> dict[str, Any]:
    """A report as JSON; `report.schema.json` in the repository describes its form."""
    found: dict[str, Any] = json.loads(service.file_of(engine.jobs, job, "json").read_text("utf-8"))
    return found


@router.get(
    "/reports/{job}/html",
    response_class=Response,
    responses=refusals(404) | _text("text/html"),
    operation_id="getReportPage",
)
def get_report_page(engine: TheEngine, job: JobId) -> Response:
    """A report as a page that needs nothing else."""
    page = service.file_of(engine.jobs, job, "html").read_bytes()
    headers = {"Content-Security-Policy": _PAGE_POLICY}
    return Response(page, media_type="text/html; charset=utf-8", headers=headers)


@router.get(
    "/reports/{job}/junit",
    response_class=Response,
    responses=refusals(404) | _text("application/xml"),
    operation_id="getReportForJunit",
)
def get_report_for_junit(engine: TheEngine, job: JobId) -> Response:
    """A report as JUnit XML, for other tools."""
    content = service.file_of(engine.jobs, job, "xml").read_bytes()
    return Response(content, media_type="application/xml")
