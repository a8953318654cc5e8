"""The list of projects: make, find, rename, delete."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path, Query

from local_engine.api.answers import refusals
from local_engine.api.engine import Engine, TheEngine
from local_engine.api.features.blueprints.service import require_valid
from local_engine.api.features.jobs import service as jobs
from local_engine.api.features.jobs.schemas import JobFacts
from local_engine.api.features.projects import schemas
from local_engine.api.features.projects.service import (
    imported_blueprint,
    is_made,
    plan_document,
    planned_blueprint,
)
from local_engine.api.problems import Problem
from local_engine.jobs.kinds.generate import GenerateRequest
from local_engine.projects.index import Entry

router = APIRouter(prefix="/projects", tags=["projects"])

ProjectId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="The project's id.")]


def facts(engine: Engine, entry: Entry, busy: set[str] | None = None) -> schemas.ProjectFacts:
    """What is sent about a project; `busy` are those with jobs, if that was asked already."""
    made = is_made(entry.place)
    return schemas.ProjectFacts(
        id=entry.id,
        name=entry.name,
        folder=entry.place,
        tags=list(entry.tags),
        created_at=entry.created_at,
        opened_at=entry.opened_at,
        present=made or entry.folder.is_dir(),
        made=made,
        busy=entry.id in (engine.jobs.busy_projects() if busy is None else busy),
    )


@router.get("", operation_id="listProjects")
def list_projects(engine: TheEngine) -> schemas.ProjectList:
    """All projects, the one opened last first."""
    busy = engine.jobs.busy_projects()
    found = [facts(engine, entry, busy) for entry in engine.projects.catalogue.all()]
    return schemas.ProjectList(projects=found)


@router.post("", status_code=201, responses=refusals(404, 429, 503), operation_id="createProject")
def create_project(engine: TheEngine, new: schemas.NewProject) -> schemas.CreatedProject:
    """A project from a prompt, a Blueprint, an import or a plan; a job then writes its code."""
    with jobs.refusing():
        engine.jobs.require_room()  # before there is a folder that nobody writes code into
    making, written = None, {}
    title = new.prompt or "Generated from the Blueprint"
    if new.blueprint is not None:
        document, cause = require_valid(new.blueprint), "edit"
    elif new.imported is not None:
        blueprint, title = imported_blueprint(engine.jobs, new.imported)
        document, cause = require_valid(blueprint), "import"
    elif new.planned is not None:
        planned = planned_blueprint(engine.jobs, new.planned)
        title, making, written = planned.title, planned.making, planned.written
        document, cause = require_valid(planned.blueprint), "prompt"
    else:
        document, cause = plan_document(new.prompt or ""), "prompt"
    entry = engine.projects.begin(document, new.name, new.tags)
    request = GenerateRequest.model_validate(
        {
            "project": entry.id,
            "cause": cause,
            "title": " ".join(title.split())[:200],
            "making": making,
            "written": written,
            "accepted": new.accepted,
        }
    )
    job = jobs.start(engine.jobs, request)
    return schemas.CreatedProject(project=facts(engine, entry), job=JobFacts.of(job))


@router.post("/open", responses=refusals(404), operation_id="openProject")
def open_project(engine: TheEngine, known: schemas.KnownFolder) -> schemas.ProjectFacts:
    """Put a folder that holds a project on the list."""
    return facts(engine, engine.projects.open(FilePath(known.folder)))


@router.get("/{project}", responses=refusals(404), operation_id="getProject")
def get_project(engine: TheEngine, project: ProjectId) -> schemas.ProjectFacts:
    """One project."""
    return facts(engine, engine.projects.get(project))


@router.patch("/{project}", responses=refusals(404), operation_id="changeProject")
def change_project(
    engine: TheEngine, project: ProjectId, change: schemas.ProjectChange
) -> schemas.ProjectFacts:
    """Rename a project in the list, or tag it; its folder keeps its name."""
    engine.projects.get(project)
    tags = None if change.tags is None else tuple(change.tags)
    engine.projects.catalogue.change(project, name=change.name, tags=tags)
    return facts(engine, engine.projects.get(project))


@router.post(
    "/{project}/deletion", status_code=201, responses=refusals(404, 409), operation_id="askToDelete"
)
def ask_to_delete(engine: TheEngine, project: ProjectId) -> schemas.Deletion:
    """What deleting would do, and the confirmation that it needs."""
    word, count, trash = engine.projects.ask_to_delete(project)
    folder = str(engine.projects.get(project).folder)
    return schemas.Deletion(confirmation=word, folder=folder, files=count, trash=str(trash))


@router.delete(
    "/{project}", status_code=204, responses=refusals(404, 409), operation_id="deleteProject"
)
def delete_project(
    engine: TheEngine,
    project: ProjectId,
    confirmation: Annotated[str, Query(max_length=64)] = "",
) -> None:
    """Delete a confirmed project: its folder goes into the engine's trash."""
    entry = engine.projects.get(project)
    if engine.jobs.busy(project):
        raise Problem(409, "busy", "A job of this project runs. Cancel it, or wait.")
    if engine.previews.state(entry.folder) is not None:
        raise Problem(409, "running", "The project runs. Stop its preview first.")
    engine.projects.delete(project, confirmation)
