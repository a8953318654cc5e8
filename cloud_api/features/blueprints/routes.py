"""Blueprint versions over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from cloud_api.access.callers import TheAccount
from cloud_api.features.blueprints import service
from cloud_api.features.projects.routes import Before, Limit
from cloud_api.services import TheServices
from cloud_api.web.openapi import refusals
from local_engine.contracts import projects as wire

router = APIRouter(prefix="/projects/{project}/blueprints", tags=["blueprints"])

Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 of the text.")]


@router.post(
    "", status_code=201, responses=refusals(401, 403, 404, 409, 429), operation_id="pushBlueprint"
)
async def push_blueprint(
    services: TheServices, account: TheAccount, project: UUID, new: wire.NewBlueprintVersion
) -> wire.BlueprintVersion:
    """Keep a version. Nothing is ever overwritten; the same id again is the same version."""
    return await service.push(services, account, project, new)


@router.get("", responses=refusals(401, 404), operation_id="listBlueprints")
async def list_blueprints(
    services: TheServices,
    account: TheAccount,
    project: UUID,
    before: Before = None,
    limit: Limit = 50,
) -> wire.BlueprintVersionPage:
    """The versions, the newest first, without their texts."""
    return await service.page(services, account, project, before, limit)


@router.get("/{digest}", responses=refusals(401, 404), operation_id="getBlueprint")
async def get_blueprint(
    services: TheServices, account: TheAccount, project: UUID, digest: Digest
) -> wire.BlueprintText:
    """The text behind a digest."""
    return await service.read_text(services, account, project, digest)
