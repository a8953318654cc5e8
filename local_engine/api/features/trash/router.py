"""Deleted projects: list them, bring them back, remove them for good."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from local_engine.api.answers import refusals
from local_engine.api.engine import TheEngine
from local_engine.api.features.projects.router import facts as project_facts
from local_engine.api.features.projects.schemas import ProjectFacts
from local_engine.api.features.trash import schemas, service

router = APIRouter(prefix="/trash", tags=["trash"])

TrashId = Annotated[
    str, Path(pattern=r"^[^/\\]{1,255}-[0-9]{16,20}$", description="What the list calls it.")
]


@router.get("", operation_id="listTrash")
def list_trash(engine: TheEngine) -> schemas.TrashList:
    """Deleted projects, the newest first."""
    return service.listed(engine.projects.trash)


@router.post(
    "/{trashed}/restore", status_code=201, responses=refusals(404), operation_id="restoreProject"
)
def restore_project(engine: TheEngine, trashed: TrashId) -> ProjectFacts:
    """Bring a project back to where it was, or beside if that place is taken."""
    projects = engine.projects
    with service.refusing():
        entry = projects.trash.restore(trashed, projects.catalogue, projects.usual_folder)
    return project_facts(engine, entry)


@router.post("/emptying", status_code=201, responses=refusals(404), operation_id="askToEmptyTrash")
def ask_to_empty(engine: TheEngine, which: schemas.Emptying) -> schemas.EmptyingFacts:
    """What would go for good, and the confirmation that it needs."""
    return engine.emptying.ask(which.projects)


@router.delete("", responses=refusals(409), operation_id="emptyTrash")
def empty_trash(
    engine: TheEngine, confirmation: Annotated[str, Query(max_length=64)] = ""
) -> schemas.TrashList:
    """Remove for good what was asked for; what is left is told."""
    return engine.emptying.carry_out(confirmation)
