"""Verification results over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from cloud_api.access.callers import TheAccount
from cloud_api.features.projects.routes import Before, Limit
from cloud_api.features.verifications import service
from cloud_api.services import TheServices
from cloud_api.web.openapi import refusals
from local_engine.contracts import projects as wire

router = APIRouter(prefix="/projects/{project}/verifications", tags=["verifications"])


@router.post(
    "",
    status_code=201,
    responses=refusals(401, 403, 404, 409, 429),
    operation_id="pushVerification",
)
async def push_verification(
    services: TheServices, account: TheAccount, project: UUID, new: wire.NewVerification
) -> wire.Verification:
    """Keep the result of a verification."""
    return await service.push(services, account, project, new)


@router.get("", responses=refusals(401, 404), operation_id="listVerifications")
async def list_verifications(
    services: TheServices,
    account: TheAccount,
    project: UUID,
    before: Before = None,
    limit: Limit = 50,
) -> wire.VerificationPage:
    """The results, the newest first."""
    return await service.page(services, account, project, before, limit)
