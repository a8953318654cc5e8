"""The routes of loans."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

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
from app.core.errors import violations_are_conflicts
from app.core.idempotency import run_once
from app.core.openapi import details, problems
from app.core.services import database

from . import repository, transitions
from .schemas import Loan, LoanCreate, LoanPage, LoanUpdate

router = APIRouter(prefix="/loans", tags=["loans"])


@router.get(
    "",
    operation_id="list_loans",
    summary="List loans",
    response_model=LoanPage,
    responses=problems(401, 403, 422),
    openapi_extra=details(query=repository.LIST),
)
async def list_loans(request: Request) -> Response:
    """Loans, a page at a time. For: owner, librarian."""
    actor = authenticate(request)
    require_signed_in(actor)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, page))


@router.get(
    "/{loan_id}",
    operation_id="read_loan",
    summary="Read a loan",
    response_model=Loan,
    responses=problems(401, 404),
    openapi_extra=details(etag=True, if_none_match=True),
)
async def read_loan(request: Request, loan_id: str) -> Response:
    """One loan. For: owner, librarian."""
    actor = authenticate(request)
    require_signed_in(actor)
    loan_key = parse_id(loan_id)
    document = await repository.read(database(request), actor, loan_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_loan",
    summary="Create a loan",
    status_code=201,
    response_model=Loan,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=details(body=LoanCreate, idempotent=True, etag=True, location=True, status=201),
)
async def create_loan(request: Request) -> Response:
    """A new loan. For: authenticated."""
    actor = authenticate(request)
    require_signed_in(actor)
    body = await receive_body(request, LoanCreate)

    async def work(connection: Connection) -> Response:
        loan_key, document = await repository.create(connection, actor, body.value())
        return created_response(document, f"/loans/{loan_key}")

    return await run_once(request, actor, body, work)


@router.patch(
    "/{loan_id}",
    operation_id="update_loan",
    summary="Change a loan",
    response_model=Loan,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(body=LoanUpdate, etag=True, if_match="optional"),
)
async def update_loan(request: Request, loan_id: str) -> Response:
    """Only the given fields change. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    loan_key = parse_id(loan_id)
    body = await receive_body(request, LoanUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, loan_key)
        body.require_readable()
        check_version(request, version)
        document = await repository.update(connection, actor, loan_key, body.value())
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{loan_id}",
    operation_id="delete_loan",
    summary="Delete a loan",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_loan(request: Request, loan_id: str) -> Response:
    """The loan is gone for good. For: librarian."""
    actor = authenticate(request)
    require_signed_in(actor)
    loan_key = parse_id(loan_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(connection, actor, loan_key)
        check_version(request, version)
        await repository.delete(connection, loan_key)
        return no_content()

    return await database(request).run(work)


@router.post(
    "/{loan_id}/close",
    operation_id="close_loan",
    summary="Close a loan",
    response_model=Loan,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(
        body=NoInput, etag=True, idempotent=True, if_match="optional", body_required=False
    ),
)
async def close_loan(request: Request, loan_id: str) -> Response:
    """Moves it from open to closed. For: owner, librarian."""
    actor = authenticate(request)
    require_signed_in(actor)
    loan_key = parse_id(loan_id)
    body = await receive_body(request, NoInput, optional=True)

    async def work(connection: Connection) -> Response:
        version, state = await transitions.lock_for_close(connection, actor, loan_key)
        body.require_readable()
        check_version(request, version)
        body.value()
        names = await transitions.prepare_close(connection, actor, loan_key, state)
        violations_are_conflicts(request)
        await transitions.carry_out_close(connection, names)
        document = await repository.reload(connection, actor, loan_key)
        return document_response(request, document)

    return await run_once(request, actor, body, work)
