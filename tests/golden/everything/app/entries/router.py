"""The routes of entries."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.core.access import authenticate, parse_id, require_role, require_signed_in
from app.core.body import receive_body
from app.core.db import Connection
from app.core.documents import JsonResponse, created_response, document_response
from app.core.idempotency import run_once
from app.core.openapi import details, problems
from app.core.services import database

from . import repository
from .schemas import Entry, EntryCreate, EntryPage

router = APIRouter(prefix="/accounts/{account_id}/entries", tags=["entries"])


@router.get(
    "",
    operation_id="list_entries",
    summary="List entries",
    response_model=EntryPage,
    responses=problems(401, 403, 404, 422),
    openapi_extra=details(query=repository.LIST),
)
async def list_entries(request: Request, account_id: str) -> Response:
    """Entries, a page at a time. For: account.owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    account_key = parse_id(account_id)
    await repository.require_reachable(database(request), actor, account_key)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, account_key, page))


@router.get(
    "/{entry_id}",
    operation_id="read_entry",
    summary="Read an entry",
    response_model=Entry,
    responses=problems(401, 404),
    openapi_extra=details(etag=True, if_none_match=True),
)
async def read_entry(request: Request, account_id: str, entry_id: str) -> Response:
    """One entry. For: account.owner, librarian."""
    actor = authenticate(request)
    require_signed_in(actor)
    account_key, entry_key = parse_id(account_id), parse_id(entry_id)
    document = await repository.read(database(request), actor, account_key, entry_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_entry",
    summary="Create an entry",
    status_code=201,
    response_model=Entry,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
    openapi_extra=details(body=EntryCreate, idempotent=True, etag=True, location=True, status=201),
)
async def create_entry(request: Request, account_id: str) -> Response:
    """A new entry. For: librarian."""
    actor = authenticate(request)
    require_signed_in(actor)
    account_key = parse_id(account_id)
    body = await receive_body(request, EntryCreate)

    async def work(connection: Connection) -> Response:
        await repository.lock_parent(connection, actor, account_key)
        require_role(actor, "librarian")
        entry_key, document = await repository.create(connection, actor, account_key, body.value())
        return created_response(document, f"/accounts/{account_key}/entries/{entry_key}")

    return await run_once(request, actor, body, work)
