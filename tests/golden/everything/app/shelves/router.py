"""The routes of shelves."""

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
from app.items import repository as items
from app.items.schemas import ItemPage

from . import repository
from .schemas import Shelf, ShelfCreate, ShelfPage, ShelfUpdate

router = APIRouter(prefix="/branches/{branch_id}/rooms/{room_id}/shelves", tags=["shelves"])


@router.get(
    "",
    operation_id="list_shelves",
    summary="List shelves",
    response_model=ShelfPage,
    responses=problems(401, 403, 404, 422),
    openapi_extra=details(access="optional", query=repository.LIST),
)
async def list_shelves(request: Request, branch_id: str, room_id: str) -> Response:
    """Shelves, a page at a time. For: public."""
    actor = authenticate(request)
    branch_key, room_key = parse_id(branch_id), parse_id(room_id)
    await repository.require_reachable(database(request), actor, branch_key, room_key)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(
        await repository.list_page(database(request), actor, branch_key, room_key, page)
    )


@router.get(
    "/{shelf_id}",
    operation_id="read_shelf",
    summary="Read a shelf",
    response_model=Shelf,
    responses=problems(401, 404),
    openapi_extra=details(access="optional", etag=True, if_none_match=True),
)
async def read_shelf(request: Request, branch_id: str, room_id: str, shelf_id: str) -> Response:
    """One shelf. For: public."""
    actor = authenticate(request)
    branch_key, room_key, shelf_key = parse_id(branch_id), parse_id(room_id), parse_id(shelf_id)
    document = await repository.read(database(request), actor, branch_key, room_key, shelf_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_shelf",
    summary="Create a shelf",
    status_code=201,
    response_model=Shelf,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
    openapi_extra=details(body=ShelfCreate, idempotent=True, etag=True, location=True, status=201),
)
async def create_shelf(request: Request, branch_id: str, room_id: str) -> Response:
    """A new shelf. For: room.branch.manager."""
    actor = authenticate(request)
    require_signed_in(actor)
    branch_key, room_key = parse_id(branch_id), parse_id(room_id)
    body = await receive_body(request, ShelfCreate)

    async def work(connection: Connection) -> Response:
        await repository.lock_parent(connection, actor, branch_key, room_key)
        shelf_key, document = await repository.create(
            connection, actor, branch_key, room_key, body.value()
        )
        return created_response(
            document, f"/branches/{branch_key}/rooms/{room_key}/shelves/{shelf_key}"
        )

    return await run_once(request, actor, body, work)


@router.patch(
    "/{shelf_id}",
    operation_id="update_shelf",
    summary="Change a shelf",
    response_model=Shelf,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(body=ShelfUpdate, etag=True, if_match="optional"),
)
async def update_shelf(request: Request, branch_id: str, room_id: str, shelf_id: str) -> Response:
    """Only the given fields change. For: room.branch.manager."""
    actor = authenticate(request)
    require_signed_in(actor)
    branch_key, room_key, shelf_key = parse_id(branch_id), parse_id(room_id), parse_id(shelf_id)
    body = await receive_body(request, ShelfUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(
            connection, actor, branch_key, room_key, shelf_key
        )
        body.require_readable()
        check_version(request, version)
        document = await repository.update(
            connection, actor, branch_key, room_key, shelf_key, body.value()
        )
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{shelf_id}",
    operation_id="delete_shelf",
    summary="Delete a shelf",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_shelf(request: Request, branch_id: str, room_id: str, shelf_id: str) -> Response:
    """The shelf is gone for good. For: room.branch.manager."""
    actor = authenticate(request)
    require_signed_in(actor)
    branch_key, room_key, shelf_key = parse_id(branch_id), parse_id(room_id), parse_id(shelf_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(
            connection, actor, branch_key, room_key, shelf_key
        )
        check_version(request, version)
        await repository.delete(connection, shelf_key)
        return no_content()

    return await database(request).run(work)


@router.get(
    "/{shelf_id}/items",
    operation_id="list_shelf_items",
    summary="List the items of a shelf",
    response_model=ItemPage,
    responses=problems(401, 403, 404, 422),
    openapi_extra=details(access="optional", query=items.LIST),
)
async def list_shelf_items(
    request: Request, branch_id: str, room_id: str, shelf_id: str
) -> Response:
    """Those items that belong to it. For: public."""
    actor = authenticate(request)
    branch_key, room_key, shelf_key = parse_id(branch_id), parse_id(room_id), parse_id(shelf_id)
    await repository.require_readable(database(request), actor, branch_key, room_key, shelf_key)
    page = items.LIST.parse(request.query_params)
    return JsonResponse(await items.list_items_of_shelf(database(request), actor, shelf_key, page))
