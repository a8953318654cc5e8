"""The routes of transfers."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.core.access import authenticate, parse_id, require_signed_in
from app.core.documents import JsonResponse, document_response
from app.core.openapi import details, problems
from app.core.services import database

from . import repository
from .schemas import Transfer, TransferPage

router = APIRouter(prefix="/transfers", tags=["transfers"])


@router.get(
    "",
    operation_id="list_transfers",
    summary="List transfers",
    response_model=TransferPage,
    responses=problems(401, 403, 422),
    openapi_extra=details(query=repository.LIST),
)
async def list_transfers(request: Request) -> Response:
    """Transfers, a page at a time. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, page))


@router.get(
    "/{transfer_id}",
    operation_id="read_transfer",
    summary="Read a transfer",
    response_model=Transfer,
    responses=problems(401, 404),
    openapi_extra=details(etag=True, if_none_match=True),
)
async def read_transfer(request: Request, transfer_id: str) -> Response:
    """One transfer. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    transfer_key = parse_id(transfer_id)
    document = await repository.read(database(request), actor, transfer_key)
    return document_response(request, document)
