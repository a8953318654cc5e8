"""Projects over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from cloud_api.access.callers import TheAccount
from cloud_api.features.projects import service
from cloud_api.services import TheServices
from cloud_api.web.openapi import refusals
from local_engine.contracts import projects as wire

router = APIRouter(prefix="/projects", tags=["projects"])

Before = Annotated[UUID | None, Query(description="The `next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.post("", status_code=201, responses=refusals(401, 409, 429), operation_id="createProject")
async def create_project(
    services: TheServices, account: TheAccount, new: wire.NewProject
) -> wire.Project:
    """Make a project known. Repeated with the same id and name, it is the same one."""
    return await service.create(services, account, new)


@router.get("", responses=refusals(401), operation_id="listProjects")
async def list_projects(
    services: TheServices, account: TheAccount, before: Before = None, limit: Limit = 50
) -> wire.ProjectPage:
    """Own projects and those that were shared, the newest first."""
    return await service.page(services, account, before, limit)


@router.get("/{project}", responses=refusals(401, 404), operation_id="getProject")
async def get_project(services: TheServices, account: TheAccount, project: UUID) -> wire.Project:
    """One project."""
    return await service.read(services, account, project)


@router.patch("/{project}", responses=refusals(401, 403, 404), operation_id="renameProject")
async def rename_project(
    services: TheServices, account: TheAccount, project: UUID, change: wire.ProjectChange
) -> wire.Project:
    """Give a project another name."""
    return await service.rename(services, account, project, change.name)


@router.delete(
    "/{project}", status_code=204, responses=refusals(401, 403, 404), operation_id="deleteProject"
)
async def delete_project(services: TheServices, account: TheAccount, project: UUID) -> None:
    """Delete all that the cloud keeps about a project; what is on machines stays there."""
    await service.delete(services, account, project)
