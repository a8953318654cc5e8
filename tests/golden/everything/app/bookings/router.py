"""The routes of bookings."""

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
from .schemas import Booking, BookingCreate, BookingPage, BookingUpdate

router = APIRouter(prefix="/bookings", tags=["bookings"])


@router.get(
    "",
    operation_id="list_bookings",
    summary="List bookings",
    response_model=BookingPage,
    responses=problems(401, 403, 422),
    openapi_extra=details(query=repository.LIST),
)
async def list_bookings(request: Request) -> Response:
    """Bookings, a page at a time. For: owner, room.branch.owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, page))


@router.get(
    "/{booking_id}",
    operation_id="read_booking",
    summary="Read a booking",
    response_model=Booking,
    responses=problems(401, 404),
    openapi_extra=details(etag=True, if_none_match=True),
)
async def read_booking(request: Request, booking_id: str) -> Response:
    """One booking. For: owner, room.branch.owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    booking_key = parse_id(booking_id)
    document = await repository.read(database(request), actor, booking_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_booking",
    summary="Create a booking",
    status_code=201,
    response_model=Booking,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=details(
        body=BookingCreate, idempotent=True, etag=True, location=True, status=201
    ),
)
async def create_booking(request: Request) -> Response:
    """A new booking. For: authenticated if room.open."""
    actor = authenticate(request)
    require_signed_in(actor)
    body = await receive_body(request, BookingCreate)

    async def work(connection: Connection) -> Response:
        booking_key, document = await repository.create(connection, actor, body.value())
        return created_response(document, f"/bookings/{booking_key}")

    return await run_once(request, actor, body, work)


@router.patch(
    "/{booking_id}",
    operation_id="update_booking",
    summary="Change a booking",
    response_model=Booking,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(body=BookingUpdate, etag=True, if_match="optional"),
)
async def update_booking(request: Request, booking_id: str) -> Response:
    """Only the given fields change. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    booking_key = parse_id(booking_id)
    body = await receive_body(request, BookingUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, booking_key)
        body.require_readable()
        check_version(request, version)
        document = await repository.update(connection, actor, booking_key, body.value())
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{booking_id}",
    operation_id="delete_booking",
    summary="Delete a booking",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_booking(request: Request, booking_id: str) -> Response:
    """The booking is gone for good. For: owner, room.branch.owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    booking_key = parse_id(booking_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(connection, actor, booking_key)
        check_version(request, version)
        await repository.delete(connection, booking_key)
        return no_content()

    return await database(request).run(work)
