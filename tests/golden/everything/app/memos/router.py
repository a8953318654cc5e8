"""The routes of memos."""

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
from .schemas import Memo, MemoCreate, MemoPage

router = APIRouter(prefix="/memos", tags=["memos"])


@router.get(
    "",
    operation_id="list_memos",
    summary="List memos",
    response_model=MemoPage,
    responses=problems(401, 403, 422),
    openapi_extra=details(query=repository.LIST),
)
async def list_memos(request: Request) -> Response:
    """Memos, a page at a time. For: librarian."""
    actor = authenticate(request)
    require_signed_in(actor)
    require_role(actor, "librarian")
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, page))


@router.get(
    "/{memo_id}",
    operation_id="read_memo",
    summary="Read a memo",
    response_model=Memo,
    responses=problems(401, 404),
    openapi_extra=details(etag=True, if_none_match=True),
)
async def read_memo(request: Request, memo_id: str) -> Response:
    """One memo. For: librarian."""
    actor = authenticate(request)
    require_signed_in(actor)
    memo_key = parse_id(memo_id)
    document = await repository.read(database(request), actor, memo_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_memo",
    summary="Create a memo",
    status_code=201,
    response_model=Memo,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=details(body=MemoCreate, idempotent=True, etag=True, location=True, status=201),
)
async def create_memo(request: Request) -> Response:
    """A new memo. For: librarian."""
    actor = authenticate(request)
    require_signed_in(actor)
    require_role(actor, "librarian")
    body = await receive_body(request, MemoCreate)

    async def work(connection: Connection) -> Response:
        memo_key, document = await repository.create(connection, actor, body.value())
        return created_response(document, f"/memos/{memo_key}")

    return await run_once(request, actor, body, work)
