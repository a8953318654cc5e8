"""Trying something out: begin, keep, discard, have back."""

from __future__ import annotations

from fastapi import APIRouter

from local_engine.api.answers import refusals
from local_engine.api.engine import TheEngine
from local_engine.api.features.jobs.schemas import JobFacts
from local_engine.api.features.projects.router import ProjectId
from local_engine.api.features.trials import schemas, service
from local_engine.api.features.versions.router import Folder, IdleFolder, VersionId, restore
from local_engine.api.features.versions.schemas import Going

router = APIRouter(
    prefix="/projects/{project}/trial", tags=["trials"], responses=refusals(404, 409)
)


@router.get("", operation_id="getTrial")
def get_trial(folder: Folder) -> schemas.TrialFacts:
    """What is being tried, and what was discarded and can still be had back."""
    return service.state(folder)


@router.post("", status_code=201, operation_id="beginTrial")
def begin_trial(folder: IdleFolder, new: schemas.NewTrial) -> schemas.TrialFacts:
    """Go on, on a branch of its own; the main line stays as it is."""
    return service.begin(folder, new.name)


@router.post("/keep", operation_id="keepTrial")
def keep_trial(folder: IdleFolder) -> schemas.TrialFacts:
    """Make what was tried the main line."""
    return service.keep(folder)


@router.post("/discard", status_code=202, responses=refusals(429, 503), operation_id="discardTrial")
def discard_trial(engine: TheEngine, project: ProjectId, going: Going | None = None) -> JobFacts:
    """Start a job that goes back to the main line, data included; the trial is kept for a time."""
    return restore(engine, project, "main", going)


@router.post(
    "/discarded/{version}/recover",
    status_code=202,
    responses=refusals(429, 503),
    operation_id="recoverTrial",
)
def recover_trial(
    engine: TheEngine, project: ProjectId, version: VersionId, going: Going | None = None
) -> JobFacts:
    """Start a job that has a discarded trial back, data included, as what is being tried."""
    service.require_discarded(engine.projects.folder(project), version)
    return restore(engine, project, "trial", going, version)
