"""The routes of boards."""

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
from .schemas import Board, BoardCreate, BoardPage, BoardUpdate

router = APIRouter(prefix="/boards", tags=["boards"])


@router.get(
    "",
    operation_id="list_boards",
    summary="List boards",
    response_model=BoardPage,
    responses=problems(401, 422),
    openapi_extra=details(access="optional", query=repository.LIST),
)
async def list_boards(request: Request) -> Response:
    """Published boards and your own."""
    actor = authenticate(request)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, page))


@router.post(
    "",
    operation_id="create_board",
    summary="Create a board",
    status_code=201,
    response_model=Board,
    responses=problems(400, 401, 409, 413, 415, 422),
    openapi_extra=details(body=BoardCreate, idempotent=True, etag=True, location=True, status=201),
)
async def create_board(request: Request) -> Response:
    """The new board is yours."""
    actor = authenticate(request)
    owner_id = require_signed_in(actor)
    body = await receive_body(request, BoardCreate)

    async def work(connection: Connection) -> Response:
        board_id, document = await repository.create(connection, owner_id, body.value())
        return created_response(document, f"/boards/{board_id}")

    return await run_once(request, actor, body, work)


@router.get(
    "/{board_id}",
    operation_id="read_board",
    summary="Read a board",
    response_model=Board,
    responses=problems(401, 404),
    openapi_extra=details(access="optional", etag=True, if_none_match=True),
)
async def read_board(request: Request, board_id: str) -> Response:
    """A published board, or one of your own."""
    actor = authenticate(request)
    document = await repository.read(database(request), actor, parse_id(board_id))
    return document_response(request, document)


@router.patch(
    "/{board_id}",
    operation_id="update_board",
    summary="Change a board",
    response_model=Board,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(body=BoardUpdate, etag=True, if_match="optional"),
)
async def update_board(request: Request, board_id: str) -> Response:
    """Its owner may change it. Only the given fields change."""
    actor = authenticate(request)
    require_signed_in(actor)
    board = parse_id(board_id)
    body = await receive_body(request, BoardUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, board)
        body.require_readable()
        check_version(request, version)
        document = await repository.update(connection, board, body.value())
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{board_id}",
    operation_id="delete_board",
    summary="Delete a board",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_board(request: Request, board_id: str) -> Response:
    """Its owner or an admin may delete it; its cards go with it."""
    actor = authenticate(request)
    require_signed_in(actor)
    board = parse_id(board_id)

    async def work(connection: Connection) -> Response:
        check_version(request, await repository.lock_for_delete(connection, actor, board))
        await repository.delete(connection, board)
        return no_content()

    return await database(request).run(work)
