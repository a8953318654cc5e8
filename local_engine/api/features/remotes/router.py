"""Where a project is pushed to; a `push` job does it."""

from __future__ import annotations

from fastapi import APIRouter

from local_engine.api.answers import refusals
from local_engine.api.engine import TheEngine
from local_engine.api.features.projects.router import ProjectId
from local_engine.api.features.remotes import service
from local_engine.api.features.remotes.schemas import RemoteFacts

router = APIRouter(tags=["remotes"])


@router.get("/projects/{project}/remote", responses=refusals(404), operation_id="getRemote")
def get_remote(engine: TheEngine, project: ProjectId) -> RemoteFacts:
    """Where a project was pushed to before."""
    return service.remote_of(engine.projects.folder(project), engine.secrets)
