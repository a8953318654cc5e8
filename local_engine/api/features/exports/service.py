"""Finding what export jobs made."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from local_engine.api.features.exports.schemas import ExportSummary
from local_engine.api.problems import Problem
from local_engine.jobs import Job, Jobs
from local_engine.jobs.formats import MEDIA_TYPES
from local_engine.jobs.kinds.export import ExportResult

_LOOKED_AT = 200


def summaries(jobs: Jobs, project: str, limit: int) -> list[ExportSummary]:
    """The exports of a project that can be downloaded, the newest first."""
    found = (_summary(jobs, job) for job in jobs.page(project=project, limit=_LOOKED_AT))
    return [summary for summary in found if summary is not None][:limit]


def file_of(jobs: Jobs, job: str) -> tuple[Path, str]:
    """The file of an export, and its media type. Raises `Problem` 404."""
    path = jobs.exports.find(job)
    result = _result(jobs.get(job)) if path is not None else None
    if path is None or result is None or result.media_type not in MEDIA_TYPES:
        raise Problem(404, "no-such-export", "This job made nothing to download, or not any more.")
    return path, result.media_type


def _summary(jobs: Jobs, job: Job) -> ExportSummary | None:
    result = _result(job)
    if result is None or job.ended_at is None or jobs.exports.find(job.id) is None:
        return None
    return ExportSummary(job=job.id, ended_at=job.ended_at, result=result)


def _result(job: Job) -> ExportResult | None:
    if job.kind != "export" or job.result is None:
        return None
    try:
        return ExportResult.model_validate(job.result)
    except ValidationError:
        return None
