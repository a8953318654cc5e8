"""Requests to a running project as any of its actors."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from local_engine.api.answers import refusals
from local_engine.api.engine import TheEngine
from local_engine.api.features.actors.schemas import (
    ActorList,
    NewRequest,
    ProjectAnswer,
    StatementList,
)
from local_engine.api.features.actors.statements import statements_of
from local_engine.api.features.projects.router import ProjectId

router = APIRouter(prefix="/projects/{project}", tags=["actors"])


@router.get("/actors", responses=refusals(404, 409), operation_id="listActors")
def list_actors(engine: TheEngine, project: ProjectId) -> ActorList:
    """Who can send requests: anonymous, plain users, and one of each role."""
    return ActorList(actors=engine.actors.all(engine.projects.folder(project)))


@router.post("/requests", responses=refusals(404, 409, 502), operation_id="sendRequest")
def send_request(engine: TheEngine, project: ProjectId, request: NewRequest) -> ProjectAnswer:
    """Send a request to the running project as one of its actors.

    The project's own command makes the actors' accounts at the first request of each run.
    """
    return engine.actors.send(engine.projects.folder(project), request)


@router.get(
    "/requests/{request_id}/statements", responses=refusals(404), operation_id="listStatements"
)
def list_statements(
    engine: TheEngine,
    project: ProjectId,
    request_id: Annotated[str, Path(pattern="^[A-Za-z0-9._-]{1,128}$")],
) -> StatementList:
    """The SQL that a request ran, by the id in its answer (`x-request-id`), without values."""
    log = engine.previews.log(engine.projects.folder(project))
    return StatementList(statements=statements_of(log, request_id))
