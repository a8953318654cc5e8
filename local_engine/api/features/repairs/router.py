"""Candidates of repairs, which wait for a person under the id of the job that found them."""

from __future__ import annotations

from fastapi import APIRouter

from local_engine.api.answers import refusals
from local_engine.api.engine import TheEngine
from local_engine.api.features.jobs.router import JobId
from local_engine.api.features.projects.router import ProjectId
from local_engine.api.features.repairs import service
from local_engine.api.features.repairs.schemas import CandidateFacts
from local_engine.api.features.versions.router import IdleFolder
from local_engine.api.features.versions.schemas import VersionFacts

router = APIRouter(prefix="/projects/{project}/repairs/{job}", tags=["repairs"])


@router.get("", responses=refusals(404), operation_id="getRepair")
def get_repair(engine: TheEngine, project: ProjectId, job: JobId) -> CandidateFacts:
    """The candidate that a repair has found, as long as it waits."""
    return service.facts(engine.jobs, project, job)


@router.post("/accept", responses=refusals(404, 409), operation_id="acceptRepair")
def accept_repair(
    engine: TheEngine, project: ProjectId, folder: IdleFolder, job: JobId
) -> VersionFacts:
    """Make the candidate the newest version; refused where one of its files was changed since."""
    return service.accept(engine.jobs, project, folder, job)


@router.delete("", status_code=204, responses=refusals(404), operation_id="discardRepair")
def discard_repair(engine: TheEngine, project: ProjectId, job: JobId) -> None:
    """Have no use for the candidate; the project stays as it is."""
    service.discard(engine.jobs, project, job)
