"""The routes of communities."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.core.access import authenticate, parse_id, require_signed_in
from app.core.body import receive_body
from app.core.db import Connection
from app.core.documents import (
    JsonResponse,
    check_version,
    created_response,
    document_response,
    no_content,
)
from app.core.idempotency import run_once
from app.core.openapi import details, problems
from app.core.services import database

from . import repository
from .schemas import Community, CommunityCreate, CommunityPage, CommunityUpdate

router = APIRouter(prefix="/communities", tags=["communities"])


@router.get(
    "",
    operation_id="list_communities",
    summary="List communities",
    response_model=CommunityPage,
    responses=problems(401, 403, 422),
    openapi_extra=details(access="optional", query=repository.LIST),
)
async def list_communities(request: Request) -> Response:
    """Communities, a page at a time. For: public."""
    actor = authenticate(request)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, page))


@router.get(
    "/{community_id}",
    operation_id="read_community",
    summary="Read a community",
    response_model=Community,
    responses=problems(401, 404),
    openapi_extra=details(access="optional", etag=True, if_none_match=True),
)
async def read_community(request: Request, community_id: str) -> Response:
    """One community. For: public."""
    actor = authenticate(request)
    community_key = parse_id(community_id)
    document = await repository.read(database(request), actor, community_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_community",
    summary="Create a community",
    status_code=201,
    response_model=Community,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=details(
        body=CommunityCreate, idempotent=True, etag=True, location=True, status=201
    ),
)
async def create_community(request: Request) -> Response:
    """A new community. For: authenticated."""
    actor = authenticate(request)
    require_signed_in(actor)
    body = await receive_body(request, CommunityCreate)

    async def work(connection: Connection) -> Response:
        community_key, document = await repository.create(connection, actor, body.value())
        return created_response(document, f"/communities/{community_key}")

    return await run_once(request, actor, body, work)


@router.patch(
    "/{community_id}",
    operation_id="update_community",
    summary="Change a community",
    response_model=Community,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(body=CommunityUpdate, etag=True, if_match="optional"),
)
async def update_community(request: Request, community_id: str) -> Response:
    """Only the given fields change. For: owner, member:moderator."""
    actor = authenticate(request)
    require_signed_in(actor)
    community_key = parse_id(community_id)
    body = await receive_body(request, CommunityUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, community_key)
        body.require_readable()
        check_version(request, version)
        document = await repository.update(connection, actor, community_key, body.value())
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{community_id}",
    operation_id="delete_community",
    summary="Delete a community",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_community(request: Request, community_id: str) -> Response:
    """The community is gone for good. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    community_key = parse_id(community_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(connection, actor, community_key)
        check_version(request, version)
        await repository.delete(connection, community_key)
        return no_content()

    return await database(request).run(work)
