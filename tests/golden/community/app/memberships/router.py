"""The routes of memberships."""

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
from .schemas import Membership, MembershipCreate, MembershipPage, MembershipUpdate

router = APIRouter(prefix="/memberships", tags=["memberships"])


@router.get(
    "",
    operation_id="list_memberships",
    summary="List memberships",
    response_model=MembershipPage,
    responses=problems(401, 403, 422),
    openapi_extra=details(query=repository.LIST),
)
async def list_memberships(request: Request) -> Response:
    """Memberships, a page at a time. For: member."""
    actor = authenticate(request)
    require_signed_in(actor)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, page))


@router.get(
    "/{membership_id}",
    operation_id="read_membership",
    summary="Read a membership",
    response_model=Membership,
    responses=problems(401, 404),
    openapi_extra=details(etag=True, if_none_match=True),
)
async def read_membership(request: Request, membership_id: str) -> Response:
    """One membership. For: member."""
    actor = authenticate(request)
    require_signed_in(actor)
    membership_key = parse_id(membership_id)
    document = await repository.read(database(request), actor, membership_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_membership",
    summary="Create a membership",
    status_code=201,
    response_model=Membership,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=details(
        body=MembershipCreate, idempotent=True, etag=True, location=True, status=201
    ),
)
async def create_membership(request: Request) -> Response:
    """A new membership. For: authenticated."""
    actor = authenticate(request)
    require_signed_in(actor)
    body = await receive_body(request, MembershipCreate)

    async def work(connection: Connection) -> Response:
        membership_key, document = await repository.create(connection, actor, body.value())
        return created_response(document, f"/memberships/{membership_key}")

    return await run_once(request, actor, body, work)


@router.patch(
    "/{membership_id}",
    operation_id="update_membership",
    summary="Change a membership",
    response_model=Membership,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(body=MembershipUpdate, etag=True, if_match="optional"),
)
async def update_membership(request: Request, membership_id: str) -> Response:
    """Only the given fields change. For: community.owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    membership_key = parse_id(membership_id)
    body = await receive_body(request, MembershipUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, membership_key)
        body.require_readable()
        check_version(request, version)
        document = await repository.update(connection, actor, membership_key, body.value())
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{membership_id}",
    operation_id="delete_membership",
    summary="Delete a membership",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_membership(request: Request, membership_id: str) -> Response:
    """The membership is gone for good. For: owner, community.owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    membership_key = parse_id(membership_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(connection, actor, membership_key)
        check_version(request, version)
        await repository.delete(connection, membership_key)
        return no_content()

    return await database(request).run(work)
