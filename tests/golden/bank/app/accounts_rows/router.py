"""The routes of accounts."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.core.access import authenticate, parse_id, require_signed_in
from app.core.body import receive_body
from app.core.db import Connection
from app.core.documents import JsonResponse, created_response, document_response
from app.core.idempotency import run_once
from app.core.openapi import details, problems
from app.core.services import database

from . import repository
from .schemas import Account, AccountCreate, AccountPage

router = APIRouter(prefix="/accounts", tags=["accounts"])


@router.get(
    "",
    operation_id="list_accounts",
    summary="List accounts",
    response_model=AccountPage,
    responses=problems(401, 403, 422),
    openapi_extra=details(query=repository.LIST),
)
async def list_accounts(request: Request) -> Response:
    """Accounts, a page at a time. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, page))


@router.get(
    "/{account_id}",
    operation_id="read_account",
    summary="Read an account",
    response_model=Account,
    responses=problems(401, 404),
    openapi_extra=details(etag=True, if_none_match=True),
)
async def read_account(request: Request, account_id: str) -> Response:
    """One account. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    account_key = parse_id(account_id)
    document = await repository.read(database(request), actor, account_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_account",
    summary="Create an account",
    status_code=201,
    response_model=Account,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=details(
        body=AccountCreate, idempotent=True, etag=True, location=True, status=201
    ),
)
async def create_account(request: Request) -> Response:
    """A new account. For: authenticated."""
    actor = authenticate(request)
    require_signed_in(actor)
    body = await receive_body(request, AccountCreate)

    async def work(connection: Connection) -> Response:
        account_key, document = await repository.create(connection, actor, body.value())
        return created_response(document, f"/accounts/{account_key}")

    return await run_once(request, actor, body, work)
