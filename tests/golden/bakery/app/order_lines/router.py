"""The routes of order lines."""

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
from .schemas import OrderLine, OrderLineCreate, OrderLinePage, OrderLineUpdate

router = APIRouter(prefix="/orders/{order_id}/lines", tags=["order lines"])


@router.get(
    "",
    operation_id="list_order_lines",
    summary="List order lines",
    response_model=OrderLinePage,
    responses=problems(401, 403, 404, 422),
    openapi_extra=details(query=repository.LIST),
)
async def list_order_lines(request: Request, order_id: str) -> Response:
    """Order lines, a page at a time. For whoever may read the order (owner, baker)."""
    actor = authenticate(request)
    require_signed_in(actor)
    order_key = parse_id(order_id)
    await repository.require_reachable(database(request), actor, order_key)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, order_key, page))


@router.get(
    "/{order_line_id}",
    operation_id="read_order_line",
    summary="Read an order line",
    response_model=OrderLine,
    responses=problems(401, 404),
    openapi_extra=details(etag=True, if_none_match=True),
)
async def read_order_line(request: Request, order_id: str, order_line_id: str) -> Response:
    """One order line. For whoever may read the order (owner, baker)."""
    actor = authenticate(request)
    require_signed_in(actor)
    order_key, order_line_key = parse_id(order_id), parse_id(order_line_id)
    document = await repository.read(database(request), actor, order_key, order_line_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_order_line",
    summary="Create an order line",
    status_code=201,
    response_model=OrderLine,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
    openapi_extra=details(
        body=OrderLineCreate, idempotent=True, etag=True, location=True, status=201
    ),
)
async def create_order_line(request: Request, order_id: str) -> Response:
    """A new order line. For whoever may change the order (owner)."""
    actor = authenticate(request)
    require_signed_in(actor)
    order_key = parse_id(order_id)
    body = await receive_body(request, OrderLineCreate)

    async def work(connection: Connection) -> Response:
        await repository.lock_parent(connection, actor, order_key)
        order_line_key, document = await repository.create(
            connection, actor, order_key, body.value()
        )
        return created_response(document, f"/orders/{order_key}/lines/{order_line_key}")

    return await run_once(request, actor, body, work)


@router.patch(
    "/{order_line_id}",
    operation_id="update_order_line",
    summary="Change an order line",
    response_model=OrderLine,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(body=OrderLineUpdate, etag=True, if_match="optional"),
)
async def update_order_line(request: Request, order_id: str, order_line_id: str) -> Response:
    """Only the given fields change. For whoever may change the order (owner)."""
    actor = authenticate(request)
    require_signed_in(actor)
    order_key, order_line_key = parse_id(order_id), parse_id(order_line_id)
    body = await receive_body(request, OrderLineUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, order_key, order_line_key)
        body.require_readable()
        check_version(request, version)
        document = await repository.update(
            connection, actor, order_key, order_line_key, body.value()
        )
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{order_line_id}",
    operation_id="delete_order_line",
    summary="Delete an order line",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_order_line(request: Request, order_id: str, order_line_id: str) -> Response:
    """The order line is gone for good. For whoever may change the order (owner)."""
    actor = authenticate(request)
    require_signed_in(actor)
    order_key, order_line_key = parse_id(order_id), parse_id(order_line_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(connection, actor, order_key, order_line_key)
        check_version(request, version)
        await repository.delete(connection, order_line_key)
        return no_content()

    return await database(request).run(work)
