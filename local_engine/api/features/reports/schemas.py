"""What is sent about verification reports."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from local_engine.jobs.kinds.verify import VerifyResult


class ReportSummary(BaseModel):
    """A verification that came to a verdict; its report is found under the job's id."""

    job: str
    project: str
    ended_at: datetime
    result: VerifyResult


class ReportList(BaseModel):
    """Reports, the newest first."""

    reports: list[ReportSummary]
