"""The routes of staff."""

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
from .schemas import Staff, StaffCreate, StaffPage, StaffUpdate

router = APIRouter(prefix="/clinics/{clinic_id}/staff", tags=["staff"])


@router.get(
    "",
    operation_id="list_staff",
    summary="List staff",
    response_model=StaffPage,
    responses=problems(401, 403, 404, 422),
    openapi_extra=details(query=repository.LIST),
)
async def list_staff(request: Request, clinic_id: str) -> Response:
    """Staff, a page at a time. For: member."""
    actor = authenticate(request)
    require_signed_in(actor)
    clinic_key = parse_id(clinic_id)
    await repository.require_reachable(database(request), actor, clinic_key)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, clinic_key, page))


@router.get(
    "/{staff_id}",
    operation_id="read_staff",
    summary="Read a staff",
    response_model=Staff,
    responses=problems(401, 404),
    openapi_extra=details(etag=True, if_none_match=True),
)
async def read_staff(request: Request, clinic_id: str, staff_id: str) -> Response:
    """One staff. For: member."""
    actor = authenticate(request)
    require_signed_in(actor)
    clinic_key, staff_key = parse_id(clinic_id), parse_id(staff_id)
    document = await repository.read(database(request), actor, clinic_key, staff_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_staff",
    summary="Create a staff",
    status_code=201,
    response_model=Staff,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
    openapi_extra=details(body=StaffCreate, idempotent=True, etag=True, location=True, status=201),
)
async def create_staff(request: Request, clinic_id: str) -> Response:
    """A new staff. User: by id or by e-mail address. For: member:manager."""
    actor = authenticate(request)
    require_signed_in(actor)
    clinic_key = parse_id(clinic_id)
    body = await receive_body(request, StaffCreate)

    async def work(connection: Connection) -> Response:
        await repository.require_reachable(connection, actor, clinic_key)
        staff_key, document = await repository.create(connection, actor, clinic_key, body.value())
        return created_response(document, f"/clinics/{clinic_key}/staff/{staff_key}")

    return await run_once(request, actor, body, work)


@router.patch(
    "/{staff_id}",
    operation_id="update_staff",
    summary="Change a staff",
    response_model=Staff,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(body=StaffUpdate, etag=True, if_match="optional"),
)
async def update_staff(request: Request, clinic_id: str, staff_id: str) -> Response:
    """Only the given fields change. For: member:manager."""
    actor = authenticate(request)
    require_signed_in(actor)
    clinic_key, staff_key = parse_id(clinic_id), parse_id(staff_id)
    body = await receive_body(request, StaffUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, clinic_key, staff_key)
        body.require_readable()
        check_version(request, version)
        document = await repository.update(connection, actor, clinic_key, staff_key, body.value())
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{staff_id}",
    operation_id="delete_staff",
    summary="Delete a staff",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_staff(request: Request, clinic_id: str, staff_id: str) -> Response:
    """The staff is gone for good. For: member:manager."""
    actor = authenticate(request)
    require_signed_in(actor)
    clinic_key, staff_key = parse_id(clinic_id), parse_id(staff_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(connection, actor, clinic_key, staff_key)
        check_version(request, version)
        await repository.delete(connection, staff_key)
        return no_content()

    return await database(request).run(work)
