"""The routes of entries."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.core.access import authenticate, parse_id, require_signed_in
from app.core.documents import JsonResponse, document_response
from app.core.openapi import details, problems
from app.core.services import database

from . import repository
from .schemas import Entry, EntryPage

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
    """Entries, a page at a time. For whoever may read the account (owner)."""
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
    """One entry. For whoever may read the account (owner)."""
    actor = authenticate(request)
    require_signed_in(actor)
    account_key, entry_key = parse_id(account_id), parse_id(entry_id)
    document = await repository.read(database(request), actor, account_key, entry_key)
    return document_response(request, document)
