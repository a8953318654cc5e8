"""The routes of notes."""

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
from .schemas import Note, NoteCreate, NotePage

router = APIRouter(prefix="/notes", tags=["notes"])


@router.get(
    "",
    operation_id="list_notes",
    summary="List notes",
    response_model=NotePage,
    responses=problems(401, 403, 422),
    openapi_extra=details(query=repository.LIST),
)
async def list_notes(request: Request) -> Response:
    """Notes, a page at a time. For: authenticated."""
    actor = authenticate(request)
    require_signed_in(actor)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, page))


@router.get(
    "/{note_id}",
    operation_id="read_note",
    summary="Read a note",
    response_model=Note,
    responses=problems(401, 404),
    openapi_extra=details(etag=True, if_none_match=True),
)
async def read_note(request: Request, note_id: str) -> Response:
    """One note. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    note_key = parse_id(note_id)
    document = await repository.read(database(request), actor, note_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_note",
    summary="Create a note",
    status_code=201,
    response_model=Note,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=details(body=NoteCreate, idempotent=True, etag=True, location=True, status=201),
)
async def create_note(request: Request) -> Response:
    """A new note. For: authenticated."""
    actor = authenticate(request)
    require_signed_in(actor)
    body = await receive_body(request, NoteCreate)

    async def work(connection: Connection) -> Response:
        note_key, document = await repository.create(connection, actor, body.value())
        return created_response(document, f"/notes/{note_key}")

    return await run_once(request, actor, body, work)


@router.delete(
    "/{note_id}",
    operation_id="delete_note",
    summary="Delete a note",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_note(request: Request, note_id: str) -> Response:
    """The note is gone for good. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    note_key = parse_id(note_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(connection, actor, note_key)
        check_version(request, version)
        await repository.delete(connection, note_key)
        return no_content()

    return await database(request).run(work)
