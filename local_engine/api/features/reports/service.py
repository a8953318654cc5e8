"""Finding the reports of verifications."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from local_engine.api.features.reports.schemas import ReportSummary
from local_engine.api.problems import Problem
from local_engine.jobs import Job, Jobs
from local_engine.jobs.kinds.verify import VerifyResult
from local_engine.jobs.reports import Form

_LOOKED_AT = 200


def summaries(jobs: Jobs, project: str, limit: int) -> list[ReportSummary]:
    """The verifications of a project that came to a verdict, the newest first."""
    found = (_summary(job) for job in jobs.page(project=project, limit=_LOOKED_AT))
    return [summary for summary in found if summary is not None][:limit]


def _summary(job: Job) -> ReportSummary | None:
    if job.kind != "verify" or job.result is None or job.project is None or job.ended_at is None:
        return None
    try:
        result = VerifyResult.model_validate(job.result)
    except ValidationError:
        return None
    return ReportSummary(job=job.id, project=job.project, ended_at=job.ended_at, result=result)


def file_of(jobs: Jobs, job: str, form: Form) -> Path:
    """The file of a report. Raises `Problem` 404."""
    found = jobs.reports.find(job, form)
    if found is None:
        raise Problem(404, "no-such-report", "This job has no report, or not any more.")
    return found
