"""The routes of clinics."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.core.access import authenticate, parse_id, require_signed_in
from app.core.body import receive_body
from app.core.db import Connection
from app.core.documents import JsonResponse, check_version, created_response, document_response
from app.core.idempotency import run_once
from app.core.openapi import details, problems
from app.core.services import database

from . import repository
from .schemas import Clinic, ClinicCreate, ClinicPage, ClinicUpdate

router = APIRouter(prefix="/clinics", tags=["clinics"])


@router.get(
    "",
    operation_id="list_clinics",
    summary="List clinics",
    response_model=ClinicPage,
    responses=problems(401, 403, 422),
    openapi_extra=details(query=repository.LIST),
)
async def list_clinics(request: Request) -> Response:
    """Clinics, a page at a time. For: member."""
    actor = authenticate(request)
    require_signed_in(actor)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, page))


@router.get(
    "/{clinic_id}",
    operation_id="read_clinic",
    summary="Read a clinic",
    response_model=Clinic,
    responses=problems(401, 404),
    openapi_extra=details(etag=True, if_none_match=True),
)
async def read_clinic(request: Request, clinic_id: str) -> Response:
    """One clinic. For: member."""
    actor = authenticate(request)
    require_signed_in(actor)
    clinic_key = parse_id(clinic_id)
    document = await repository.read(database(request), actor, clinic_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_clinic",
    summary="Create a clinic",
    status_code=201,
    response_model=Clinic,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=details(body=ClinicCreate, idempotent=True, etag=True, location=True, status=201),
)
async def create_clinic(request: Request) -> Response:
    """A new clinic. For: authenticated."""
    actor = authenticate(request)
    require_signed_in(actor)
    body = await receive_body(request, ClinicCreate)

    async def work(connection: Connection) -> Response:
        clinic_key, document = await repository.create(connection, actor, body.value())
        return created_response(document, f"/clinics/{clinic_key}")

    return await run_once(request, actor, body, work)


@router.patch(
    "/{clinic_id}",
    operation_id="update_clinic",
    summary="Change a clinic",
    response_model=Clinic,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(body=ClinicUpdate, etag=True, if_match="optional"),
)
async def update_clinic(request: Request, clinic_id: str) -> Response:
    """Only the given fields change. For: member:manager."""
    actor = authenticate(request)
    require_signed_in(actor)
    clinic_key = parse_id(clinic_id)
    body = await receive_body(request, ClinicUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, clinic_key)
        body.require_readable()
        check_version(request, version)
        document = await repository.update(connection, actor, clinic_key, body.value())
        return document_response(request, document)

    return await database(request).run(work)
