"""Reports of verifications: kept under their job's id, in the forms that people and tools read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from local_engine.jobs.folders import JobFolders
from local_engine.runtime.private_files import write_private

if TYPE_CHECKING:
    from local_engine.verification import Report

Form = Literal["json", "html", "xml"]


class Reports:
    """The reports in the engine's folder, one sub-folder a job."""

    def __init__(self, home: Path) -> None:
        self._folders = JobFolders(home / "reports")

    def write(self, job: str, report: Report) -> None:
        """Keep a report, as JSON, as a page, and for readers of JUnit."""
        from local_engine.verification.reports.as_html import to_html
        from local_engine.verification.reports.as_json import to_json
        from local_engine.verification.reports.as_junit import to_junit

        folder = self._folders.make(job)
        write_private(folder / "report.html", to_html(report))
        write_private(folder / "report.xml", to_junit(report))
        text = json.dumps(to_json(report), indent=1, ensure_ascii=False)
        write_private(folder / "report.json", text + "\n")  # the last: with it, all are there

    def find(self, job: str, form: Form) -> Path | None:
        """The file of a report in one form, if it is there."""
        folder = self._folders.find(job)
        path = folder and folder / f"report.{form}"
        return path if path and path.is_file() else None

    def remove(self, job: str) -> None:
        """Remove a report, if there is one."""
        self._folders.remove(job)
