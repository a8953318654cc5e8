"""The routes of orders."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.core.access import authenticate, parse_id, require_signed_in
from app.core.body import NoInput, receive_body
from app.core.db import Connection
from app.core.documents import (
    JsonResponse,
    check_version,
    created_response,
    document_response,
    no_content,
)
from app.core.errors import violations_are_conflicts
from app.core.idempotency import run_once
from app.core.openapi import details, problems
from app.core.services import database

from . import repository, transitions
from .schemas import Order, OrderCreate, OrderPage, OrderUpdate

router = APIRouter(prefix="/orders", tags=["orders"])


@router.get(
    "",
    operation_id="list_orders",
    summary="List orders",
    response_model=OrderPage,
    responses=problems(401, 403, 422),
    openapi_extra=details(query=repository.LIST),
)
async def list_orders(request: Request) -> Response:
    """Orders, a page at a time. For: owner, baker."""
    actor = authenticate(request)
    require_signed_in(actor)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, page))


@router.get(
    "/{order_id}",
    operation_id="read_order",
    summary="Read an order",
    response_model=Order,
    responses=problems(401, 404),
    openapi_extra=details(etag=True, if_none_match=True),
)
async def read_order(request: Request, order_id: str) -> Response:
    """One order. For: owner, baker."""
    actor = authenticate(request)
    require_signed_in(actor)
    order_key = parse_id(order_id)
    document = await repository.read(database(request), actor, order_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_order",
    summary="Create an order",
    status_code=201,
    response_model=Order,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=details(body=OrderCreate, idempotent=True, etag=True, location=True, status=201),
)
async def create_order(request: Request) -> Response:
    """A new order. For: authenticated."""
    actor = authenticate(request)
    require_signed_in(actor)
    body = await receive_body(request, OrderCreate)

    async def work(connection: Connection) -> Response:
        order_key, document = await repository.create(connection, actor, body.value())
        return created_response(document, f"/orders/{order_key}")

    return await run_once(request, actor, body, work)


@router.patch(
    "/{order_id}",
    operation_id="update_order",
    summary="Change an order",
    response_model=Order,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(body=OrderUpdate, etag=True, if_match="optional"),
)
async def update_order(request: Request, order_id: str) -> Response:
    """Only the given fields change. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    order_key = parse_id(order_id)
    body = await receive_body(request, OrderUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, order_key)
        body.require_readable()
        check_version(request, version)
        document = await repository.update(connection, actor, order_key, body.value())
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{order_id}",
    operation_id="delete_order",
    summary="Delete an order",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_order(request: Request, order_id: str) -> Response:
    """The order is gone for good. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    order_key = parse_id(order_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(connection, actor, order_key)
        check_version(request, version)
        await repository.delete(connection, order_key)
        return no_content()

    return await database(request).run(work)


@router.post(
    "/{order_id}/place",
    operation_id="place_order",
    summary="Place an order",
    response_model=Order,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(
        body=NoInput, etag=True, idempotent=True, if_match="optional", body_required=False
    ),
)
async def place_order(request: Request, order_id: str) -> Response:
    """Moves it from cart to placed. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    order_key = parse_id(order_id)
    body = await receive_body(request, NoInput, optional=True)

    async def work(connection: Connection) -> Response:
        version, state = await transitions.lock_for_place(connection, actor, order_key)
        body.require_readable()
        check_version(request, version)
        body.value()
        names = await transitions.prepare_place(connection, actor, order_key, state)
        violations_are_conflicts(request)
        await transitions.carry_out_place(connection, names)
        document = await repository.reload(connection, actor, order_key)
        return document_response(request, document)

    return await run_once(request, actor, body, work)


@router.post(
    "/{order_id}/ready",
    operation_id="ready_order",
    summary="Ready an order",
    response_model=Order,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(
        body=NoInput, etag=True, idempotent=True, if_match="optional", body_required=False
    ),
)
async def ready_order(request: Request, order_id: str) -> Response:
    """Moves it from placed to ready. For: baker."""
    actor = authenticate(request)
    require_signed_in(actor)
    order_key = parse_id(order_id)
    body = await receive_body(request, NoInput, optional=True)

    async def work(connection: Connection) -> Response:
        version, state = await transitions.lock_for_ready(connection, actor, order_key)
        body.require_readable()
        check_version(request, version)
        body.value()
        names = await transitions.prepare_ready(connection, actor, order_key, state)
        violations_are_conflicts(request)
        await transitions.carry_out_ready(connection, names)
        document = await repository.reload(connection, actor, order_key)
        return document_response(request, document)

    return await run_once(request, actor, body, work)


@router.post(
    "/{order_id}/cancel",
    operation_id="cancel_order",
    summary="Cancel an order",
    response_model=Order,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(
        body=NoInput, etag=True, idempotent=True, if_match="optional", body_required=False
    ),
)
async def cancel_order(request: Request, order_id: str) -> Response:
    """Moves it from placed to cancelled. For: owner, baker."""
    actor = authenticate(request)
    require_signed_in(actor)
    order_key = parse_id(order_id)
    body = await receive_body(request, NoInput, optional=True)

    async def work(connection: Connection) -> Response:
        version, state = await transitions.lock_for_cancel(connection, actor, order_key)
        body.require_readable()
        check_version(request, version)
        body.value()
        names = await transitions.prepare_cancel(connection, actor, order_key, state)
        violations_are_conflicts(request)
        await transitions.carry_out_cancel(connection, names)
        document = await repository.reload(connection, actor, order_key)
        return document_response(request, document)

    return await run_once(request, actor, body, work)
