"""The routes of cards, below those of their board."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.boards import repository as boards
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
from app.core.files import FileLimits, file_response, receive_file
from app.core.idempotency import run_once
from app.core.openapi import details, file_content, problems
from app.core.services import database

from . import repository
from .schemas import Card, CardCreate, CardPage, CardUpdate

router = APIRouter(prefix="/boards/{board_id}/cards", tags=["cards"])

ATTACHMENT = FileLimits(accept=("image/png", "image/jpeg", "application/pdf"), max_bytes=2_000_000)


@router.get(
    "",
    operation_id="list_cards",
    summary="List cards",
    response_model=CardPage,
    responses=problems(401, 404, 422),
    openapi_extra=details(access="optional", query=repository.LIST),
)
async def list_cards(request: Request, board_id: str) -> Response:
    """The cards of a board that you may read."""
    actor = authenticate(request)
    board = parse_id(board_id)
    await boards.require_readable(database(request), actor, board)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, board, page))


@router.post(
    "",
    operation_id="create_card",
    summary="Create a card",
    status_code=201,
    response_model=Card,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
    openapi_extra=details(body=CardCreate, idempotent=True, etag=True, location=True, status=201),
)
async def create_card(request: Request, board_id: str) -> Response:
    """Whoever may change the board may add a card."""
    actor = authenticate(request)
    require_signed_in(actor)
    board = parse_id(board_id)
    body = await receive_body(request, CardCreate)

    async def work(connection: Connection) -> Response:
        await boards.lock_for_update(connection, actor, board)
        card_id, document = await repository.create(connection, board, body.value())
        return created_response(document, f"/boards/{board}/cards/{card_id}")

    return await run_once(request, actor, body, work)


@router.get(
    "/{card_id}",
    operation_id="read_card",
    summary="Read a card",
    response_model=Card,
    responses=problems(401, 404),
    openapi_extra=details(access="optional", etag=True, if_none_match=True),
)
async def read_card(request: Request, board_id: str, card_id: str) -> Response:
    """A card of a board that you may read."""
    actor = authenticate(request)
    board, card = parse_id(board_id), parse_id(card_id)
    return document_response(request, await repository.read(database(request), actor, board, card))


@router.patch(
    "/{card_id}",
    operation_id="update_card",
    summary="Change a card",
    response_model=Card,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(body=CardUpdate, etag=True, if_match="optional"),
)
async def update_card(request: Request, board_id: str, card_id: str) -> Response:
    """Whoever may change the board may change its cards. Only the given fields change."""
    actor = authenticate(request)
    require_signed_in(actor)
    board, card = parse_id(board_id), parse_id(card_id)
    body = await receive_body(request, CardUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock(connection, actor, board, card)
        body.require_readable()
        check_version(request, version)
        document = await repository.update(connection, card, body.value())
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{card_id}",
    operation_id="delete_card",
    summary="Delete a card",
    status_code=204,
    responses=problems(401, 403, 404, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_card(request: Request, board_id: str, card_id: str) -> Response:
    """Whoever may change the board may delete its cards."""
    actor = authenticate(request)
    require_signed_in(actor)
    board, card = parse_id(board_id), parse_id(card_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(connection, actor, board, card)
        check_version(request, version)
        await repository.delete(connection, card)
        return no_content()

    return await database(request).run(work)


@router.post(
    "/{card_id}/start",
    operation_id="start_card",
    summary="Start a card",
    response_model=Card,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(
        body=NoInput, body_required=False, etag=True, if_match="optional", idempotent=True
    ),
)
async def start_card(request: Request, board_id: str, card_id: str) -> Response:
    """Move it from “open” to “doing”."""
    return await _move(request, board_id, card_id, "start", allowed_from="open", to="doing")


@router.post(
    "/{card_id}/finish",
    operation_id="finish_card",
    summary="Finish a card",
    response_model=Card,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(
        body=NoInput, body_required=False, etag=True, if_match="optional", idempotent=True
    ),
)
async def finish_card(request: Request, board_id: str, card_id: str) -> Response:
    """Move it from “doing” to “done”."""
    return await _move(request, board_id, card_id, "finish", allowed_from="doing", to="done")


async def _move(
    request: Request, board_id: str, card_id: str, transition: str, *, allowed_from: str, to: str
) -> Response:
    """A transition: who may, from which state, to which."""
    actor = authenticate(request)
    require_signed_in(actor)
    board, card = parse_id(board_id), parse_id(card_id)
    body = await receive_body(request, NoInput, optional=True)

    async def work(connection: Connection) -> Response:
        version = await repository.lock(connection, actor, board, card)
        body.require_readable()
        check_version(request, version)
        body.value()
        document = await repository.move(
            connection, card, transition, allowed_from=allowed_from, to=to
        )
        return document_response(request, document)

    return await run_once(request, actor, body, work)


@router.put(
    "/{card_id}/attachment",
    operation_id="put_card_attachment",
    summary="Upload the attachment of a card",
    status_code=204,
    responses=problems(400, 401, 403, 404, 412, 413, 415),
    openapi_extra=details(etag=True, if_match="optional", file=ATTACHMENT.accept, status=204),
)
async def put_card_attachment(request: Request, board_id: str, card_id: str) -> Response:
    """The body is the file itself; it replaces the one before."""
    actor = authenticate(request)
    require_signed_in(actor)
    board, card = parse_id(board_id), parse_id(card_id)
    upload = await receive_file(request, ATTACHMENT)

    async def work(connection: Connection) -> Response:
        version = await repository.lock(connection, actor, board, card)
        file = upload.value()
        check_version(request, version)
        return no_content(await repository.set_attachment(connection, card, file))

    return await database(request).run(work)


@router.get(
    "/{card_id}/attachment",
    operation_id="get_card_attachment",
    summary="Download the attachment of a card",
    response_class=Response,
    responses={200: file_content(ATTACHMENT.accept), **problems(401, 404)},
    openapi_extra=details(access="optional", etag=True, if_none_match=True),
)
async def get_card_attachment(request: Request, board_id: str, card_id: str) -> Response:
    """The file as it was uploaded."""
    actor = authenticate(request)
    board, card = parse_id(board_id), parse_id(card_id)
    file = await repository.read_attachment(database(request), actor, board, card)
    return file_response(request, file)


@router.delete(
    "/{card_id}/attachment",
    operation_id="delete_card_attachment",
    summary="Delete the attachment of a card",
    status_code=204,
    responses=problems(401, 403, 404, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_card_attachment(request: Request, board_id: str, card_id: str) -> Response:
    """The card stays, its file goes."""
    actor = authenticate(request)
    require_signed_in(actor)
    board, card = parse_id(board_id), parse_id(card_id)

    async def work(connection: Connection) -> Response:
        check_version(request, await repository.lock(connection, actor, board, card))
        await repository.set_attachment(connection, card, None)
        return no_content()

    return await database(request).run(work)
