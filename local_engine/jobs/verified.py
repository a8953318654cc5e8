"""The report of a whole verification, kept with the version of the project that it is about."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local_engine.projects import Version
    from local_engine.verification import Report

_log = logging.getLogger(__name__)


def present_version(folder: Path) -> Version | None:
    """The version in the folder, with what was changed by hand; None where that cannot be told."""
    from local_engine.projects import Project, ProjectError

    project = Project(folder)
    try:
        return (project.notice() or project.head()) if project.exists else None
    except (ProjectError, OSError) as failure:
        _log.warning("which version is verified is not known: %s", failure)
        return None


def keep_report(folder: Path, version: Version, report: Report) -> None:
    """Keep a report with its version; the verdict stands also where that cannot be."""
    from local_engine.projects import Project, ProjectError
    from local_engine.verification.reports.as_json import to_json

    text = json.dumps(to_json(report), ensure_ascii=False)
    try:
        Project(folder).attach_report(version, text.encode(), report.verdict.value)
    except (ProjectError, OSError) as failure:
        _log.warning("the report is not kept with version %s: %s", version.id, failure)
