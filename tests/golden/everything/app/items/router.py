"""The routes of items."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.core.access import authenticate, parse_id, require_role, require_signed_in
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
from app.loans import repository as loans
from app.loans.schemas import LoanPage

from . import repository
from .schemas import Item, ItemCreate, ItemPage, ItemUpdate

router = APIRouter(prefix="/items", tags=["items"])


@router.get(
    "",
    operation_id="list_items",
    summary="List items",
    response_model=ItemPage,
    responses=problems(401, 403, 422),
    openapi_extra=details(access="optional", query=repository.LIST),
)
async def list_items(request: Request) -> Response:
    """Items, a page at a time. For: public."""
    actor = authenticate(request)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, page))


@router.get(
    "/{item_id}",
    operation_id="read_item",
    summary="Read an item",
    response_model=Item,
    responses=problems(401, 404),
    openapi_extra=details(access="optional", etag=True, if_none_match=True),
)
async def read_item(request: Request, item_id: str) -> Response:
    """One item. For: public."""
    actor = authenticate(request)
    item_key = parse_id(item_id)
    document = await repository.read(database(request), actor, item_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_item",
    summary="Create an item",
    status_code=201,
    response_model=Item,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=details(body=ItemCreate, idempotent=True, etag=True, location=True, status=201),
)
async def create_item(request: Request) -> Response:
    """A new item. For: librarian."""
    actor = authenticate(request)
    require_signed_in(actor)
    require_role(actor, "librarian")
    body = await receive_body(request, ItemCreate)

    async def work(connection: Connection) -> Response:
        item_key, document = await repository.create(connection, actor, body.value())
        return created_response(document, f"/items/{item_key}")

    return await run_once(request, actor, body, work)


@router.patch(
    "/{item_id}",
    operation_id="update_item",
    summary="Change an item",
    response_model=Item,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(body=ItemUpdate, etag=True, if_match="optional"),
)
async def update_item(request: Request, item_id: str) -> Response:
    """Only the given fields change. For: librarian."""
    actor = authenticate(request)
    require_signed_in(actor)
    item_key = parse_id(item_id)
    body = await receive_body(request, ItemUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, item_key)
        body.require_readable()
        check_version(request, version)
        document = await repository.update(connection, actor, item_key, body.value())
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{item_id}",
    operation_id="delete_item",
    summary="Delete an item",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_item(request: Request, item_id: str) -> Response:
    """The item is gone for good. For: librarian."""
    actor = authenticate(request)
    require_signed_in(actor)
    item_key = parse_id(item_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(connection, actor, item_key)
        check_version(request, version)
        await repository.delete(connection, item_key)
        return no_content()

    return await database(request).run(work)


@router.get(
    "/{item_id}/loans",
    operation_id="list_item_loans",
    summary="List the loans of an item",
    response_model=LoanPage,
    responses=problems(401, 403, 404, 422),
    openapi_extra=details(query=loans.LIST),
)
async def list_item_loans(request: Request, item_id: str) -> Response:
    """Those loans that belong to it. For: owner, librarian."""
    actor = authenticate(request)
    require_signed_in(actor)
    item_key = parse_id(item_id)
    await repository.require_readable(database(request), actor, item_key)
    page = loans.LIST.parse(request.query_params)
    return JsonResponse(await loans.list_loans_of_item(database(request), actor, item_key, page))
