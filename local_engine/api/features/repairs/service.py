"""What the routes of repairs do with candidates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.api.features.jobs.service import refusing
from local_engine.api.features.repairs.schemas import CandidateFacts
from local_engine.api.features.versions import service as versions
from local_engine.api.features.versions.schemas import VersionFacts
from local_engine.api.problems import Problem
from local_engine.jobs import Jobs

if TYPE_CHECKING:
    from local_engine.repair.candidate import Candidate


def facts(jobs: Jobs, project: str, job: str) -> CandidateFacts:
    """The candidate of a project's job. Raises `Problem` 404."""
    found = _candidate(jobs, project, job)
    return CandidateFacts(
        job=job,
        steps=[step.title for step in found.steps],
        differences=dict(found.differences),
    )


def accept(jobs: Jobs, project: str, folder: Path, job: str) -> VersionFacts:
    """Make it the newest version; it waits no longer. Raises `Problem` 404 and 409."""
    from local_engine.generator.emit.relational.migration import MigrationRefused
    from local_engine.repair.candidate import accept

    candidate = _candidate(jobs, project, job)
    with versions.project_in(folder) as opened:
        try:
            version = accept(opened, candidate)
        except MigrationRefused as refusal:
            raise Problem(409, "data-would-go", str(refusal)) from None
    jobs.candidates.remove(job)
    return versions.facts(version)


def discard(jobs: Jobs, project: str, job: str) -> None:
    """Remove it. Raises `Problem` 404."""
    _candidate(jobs, project, job)
    jobs.candidates.remove(job)


def _candidate(jobs: Jobs, project: str, job: str) -> Candidate:
    with refusing():
        is_of_project = jobs.get(job).project == project
    found = jobs.candidates.find(job) if is_of_project else None
    if found is None:
        raise Problem(404, "no-such-repair", "This job has no candidate that waits.")
    return found
