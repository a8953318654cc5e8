"""Shares over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from cloud_api.access.callers import TheAccount, TheCaller
from cloud_api.features.shares import service
from cloud_api.services import TheServices
from cloud_api.web.openapi import refusals
from local_engine.contracts import projects as wire

router = APIRouter(tags=["shares"])

_OF_PROJECT = "/projects/{project}/shares"


@router.post(
    _OF_PROJECT,
    status_code=201,
    responses=refusals(401, 403, 404, 429),
    operation_id="shareProject",
)
async def share_project(
    services: TheServices,
    account: TheAccount,
    caller: TheCaller,
    project: UUID,
    new: wire.NewShare,
) -> wire.SharedBy:
    """Let somebody in by e-mail address, or whoever has the link's token, which is shown once."""
    return await service.give(services, account, caller, project, new)


@router.get(_OF_PROJECT, responses=refusals(401, 403, 404), operation_id="listShares")
async def list_shares(services: TheServices, account: TheAccount, project: UUID) -> wire.Shares:
    """Who was let in."""
    return await service.list_all(services, account, project)


@router.delete(
    _OF_PROJECT + "/{share}",
    status_code=204,
    responses=refusals(401, 403, 404),
    operation_id="unshareProject",
)
async def unshare_project(
    services: TheServices, account: TheAccount, caller: TheCaller, project: UUID, share: UUID
) -> None:
    """End a share, for all who came by it."""
    await service.take_back(services, account, caller, project, share)


@router.post("/shares/accept", responses=refusals(401, 409, 429), operation_id="acceptShare")
async def accept_share(
    services: TheServices, account: TheAccount, caller: TheCaller, given: wire.ShareToken
) -> wire.Project:
    """Come in by a link's token."""
    return await service.accept(services, account, caller, given.token)


@router.post(
    "/projects/{project}/leave",
    status_code=204,
    responses=refusals(401, 403, 404),
    operation_id="leaveProject",
)
async def leave_project(services: TheServices, account: TheAccount, project: UUID) -> None:
    """Give up a project that was shared with you."""
    await service.leave(services, account, project)
