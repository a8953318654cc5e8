"""Requests to a running project as any of its actors."""

from __future__ import annotations

from fastapi import APIRouter

from local_engine.api.answers import refusals
from local_engine.api.engine import TheEngine
from local_engine.api.features.actors.schemas import ActorList, NewRequest, ProjectAnswer
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
