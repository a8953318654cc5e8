"""What is sent about exports."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from local_engine.jobs.kinds.export import ExportResult


class ExportSummary(BaseModel):
    """An export that can be downloaded under its job's id."""

    job: str
    ended_at: datetime
    result: ExportResult


class ExportList(BaseModel):
    """Exports, the newest first."""

    exports: list[ExportSummary]
