"""The routes of rooms."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.bookings import repository as bookings
from app.bookings.schemas import BookingPage
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
from .schemas import Room, RoomCreate, RoomPage, RoomUpdate

router = APIRouter(prefix="/branches/{branch_id}/rooms", tags=["rooms"])


@router.get(
    "",
    operation_id="list_rooms",
    summary="List rooms",
    response_model=RoomPage,
    responses=problems(401, 403, 404, 422),
    openapi_extra=details(access="optional", query=repository.LIST),
)
async def list_rooms(request: Request, branch_id: str) -> Response:
    """Rooms, a page at a time. For whoever may read the branch (public)."""
    actor = authenticate(request)
    branch_key = parse_id(branch_id)
    await repository.require_reachable(database(request), actor, branch_key)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, branch_key, page))


@router.get(
    "/{room_id}",
    operation_id="read_room",
    summary="Read a room",
    response_model=Room,
    responses=problems(401, 404),
    openapi_extra=details(access="optional", etag=True, if_none_match=True),
)
async def read_room(request: Request, branch_id: str, room_id: str) -> Response:
    """One room. For whoever may read the branch (public)."""
    actor = authenticate(request)
    branch_key, room_key = parse_id(branch_id), parse_id(room_id)
    document = await repository.read(database(request), actor, branch_key, room_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_room",
    summary="Create a room",
    status_code=201,
    response_model=Room,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
    openapi_extra=details(body=RoomCreate, idempotent=True, etag=True, location=True, status=201),
)
async def create_room(request: Request, branch_id: str) -> Response:
    """A new room. For whoever may change the branch (owner, admin)."""
    actor = authenticate(request)
    require_signed_in(actor)
    branch_key = parse_id(branch_id)
    body = await receive_body(request, RoomCreate)

    async def work(connection: Connection) -> Response:
        await repository.lock_parent(connection, actor, branch_key)
        room_key, document = await repository.create(connection, actor, branch_key, body.value())
        return created_response(document, f"/branches/{branch_key}/rooms/{room_key}")

    return await run_once(request, actor, body, work)


@router.patch(
    "/{room_id}",
    operation_id="update_room",
    summary="Change a room",
    response_model=Room,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 428),
    openapi_extra=details(body=RoomUpdate, etag=True, if_match="required"),
)
async def update_room(request: Request, branch_id: str, room_id: str) -> Response:
    """Only the given fields change. For whoever may change the branch (owner, admin)."""
    actor = authenticate(request)
    require_signed_in(actor)
    branch_key, room_key = parse_id(branch_id), parse_id(room_id)
    body = await receive_body(request, RoomUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, branch_key, room_key)
        body.require_readable()
        check_version(request, version, required=True)
        document = await repository.update(connection, actor, branch_key, room_key, body.value())
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{room_id}",
    operation_id="delete_room",
    summary="Delete a room",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412, 428),
    openapi_extra=details(if_match="required"),
)
async def delete_room(request: Request, branch_id: str, room_id: str) -> Response:
    """The room is gone for good. For whoever may change the branch (owner, admin)."""
    actor = authenticate(request)
    require_signed_in(actor)
    branch_key, room_key = parse_id(branch_id), parse_id(room_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(connection, actor, branch_key, room_key)
        check_version(request, version, required=True)
        await repository.delete(connection, room_key)
        return no_content()

    return await database(request).run(work)


@router.get(
    "/{room_id}/bookings",
    operation_id="list_room_bookings",
    summary="List the bookings of a room",
    response_model=BookingPage,
    responses=problems(401, 403, 404, 422),
    openapi_extra=details(query=bookings.LIST),
)
async def list_room_bookings(request: Request, branch_id: str, room_id: str) -> Response:
    """Those bookings that belong to it. For: owner, room.branch.owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    branch_key, room_key = parse_id(branch_id), parse_id(room_id)
    await repository.require_readable(database(request), actor, branch_key, room_key)
    page = bookings.LIST.parse(request.query_params)
    return JsonResponse(
        await bookings.list_bookings_of_room(database(request), actor, room_key, page)
    )
