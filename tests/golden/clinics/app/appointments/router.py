"""The routes of appointments."""

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
from .schemas import Appointment, AppointmentCreate, AppointmentPage, AppointmentUpdate

router = APIRouter(prefix="/clinics/{clinic_id}/appointments", tags=["appointments"])


@router.get(
    "",
    operation_id="list_appointments",
    summary="List appointments",
    response_model=AppointmentPage,
    responses=problems(401, 403, 404, 422),
    openapi_extra=details(query=repository.LIST),
)
async def list_appointments(request: Request, clinic_id: str) -> Response:
    """Appointments, a page at a time. For: member."""
    actor = authenticate(request)
    require_signed_in(actor)
    clinic_key = parse_id(clinic_id)
    await repository.require_reachable(database(request), actor, clinic_key)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, clinic_key, page))


@router.get(
    "/{appointment_id}",
    operation_id="read_appointment",
    summary="Read an appointment",
    response_model=Appointment,
    responses=problems(401, 404),
    openapi_extra=details(etag=True, if_none_match=True),
)
async def read_appointment(request: Request, clinic_id: str, appointment_id: str) -> Response:
    """One appointment. For: member."""
    actor = authenticate(request)
    require_signed_in(actor)
    clinic_key, appointment_key = parse_id(clinic_id), parse_id(appointment_id)
    document = await repository.read(database(request), actor, clinic_key, appointment_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_appointment",
    summary="Create an appointment",
    status_code=201,
    response_model=Appointment,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
    openapi_extra=details(
        body=AppointmentCreate, idempotent=True, etag=True, location=True, status=201
    ),
)
async def create_appointment(request: Request, clinic_id: str) -> Response:
    """A new appointment. For: member:receptionist."""
    actor = authenticate(request)
    require_signed_in(actor)
    clinic_key = parse_id(clinic_id)
    body = await receive_body(request, AppointmentCreate)

    async def work(connection: Connection) -> Response:
        await repository.require_reachable(connection, actor, clinic_key)
        appointment_key, document = await repository.create(
            connection, actor, clinic_key, body.value()
        )
        return created_response(document, f"/clinics/{clinic_key}/appointments/{appointment_key}")

    return await run_once(request, actor, body, work)


@router.patch(
    "/{appointment_id}",
    operation_id="update_appointment",
    summary="Change an appointment",
    response_model=Appointment,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(body=AppointmentUpdate, etag=True, if_match="optional"),
)
async def update_appointment(request: Request, clinic_id: str, appointment_id: str) -> Response:
    """Only the given fields change. For: member:receptionist."""
    actor = authenticate(request)
    require_signed_in(actor)
    clinic_key, appointment_key = parse_id(clinic_id), parse_id(appointment_id)
    body = await receive_body(request, AppointmentUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, clinic_key, appointment_key)
        body.require_readable()
        check_version(request, version)
        document = await repository.update(
            connection, actor, clinic_key, appointment_key, body.value()
        )
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{appointment_id}",
    operation_id="delete_appointment",
    summary="Delete an appointment",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_appointment(request: Request, clinic_id: str, appointment_id: str) -> Response:
    """The appointment is gone for good. For: member:manager."""
    actor = authenticate(request)
    require_signed_in(actor)
    clinic_key, appointment_key = parse_id(clinic_id), parse_id(appointment_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(connection, actor, clinic_key, appointment_key)
        check_version(request, version)
        await repository.delete(connection, appointment_key)
        return no_content()

    return await database(request).run(work)


@router.post(
    "/{appointment_id}/cancel",
    operation_id="cancel_appointment",
    summary="Cancel an appointment",
    response_model=Appointment,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(
        body=NoInput, etag=True, idempotent=True, if_match="optional", body_required=False
    ),
)
async def cancel_appointment(request: Request, clinic_id: str, appointment_id: str) -> Response:
    """Moves it from booked to cancelled. For: member:receptionist."""
    actor = authenticate(request)
    require_signed_in(actor)
    clinic_key, appointment_key = parse_id(clinic_id), parse_id(appointment_id)
    body = await receive_body(request, NoInput, optional=True)

    async def work(connection: Connection) -> Response:
        version, state = await transitions.lock_for_cancel(
            connection, actor, clinic_key, appointment_key
        )
        body.require_readable()
        check_version(request, version)
        body.value()
        names = await transitions.prepare_cancel(
            connection, actor, clinic_key, appointment_key, state
        )
        violations_are_conflicts(request)
        await transitions.carry_out_cancel(connection, names)
        document = await repository.reload(connection, actor, appointment_key)
        return document_response(request, document)

    return await run_once(request, actor, body, work)


@router.post(
    "/{appointment_id}/complete",
    operation_id="complete_appointment",
    summary="Complete an appointment",
    response_model=Appointment,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(
        body=NoInput, etag=True, idempotent=True, if_match="optional", body_required=False
    ),
)
async def complete_appointment(request: Request, clinic_id: str, appointment_id: str) -> Response:
    """Moves it from booked to done. For: member:dentist."""
    actor = authenticate(request)
    require_signed_in(actor)
    clinic_key, appointment_key = parse_id(clinic_id), parse_id(appointment_id)
    body = await receive_body(request, NoInput, optional=True)

    async def work(connection: Connection) -> Response:
        version, state = await transitions.lock_for_complete(
            connection, actor, clinic_key, appointment_key
        )
        body.require_readable()
        check_version(request, version)
        body.value()
        names = await transitions.prepare_complete(
            connection, actor, clinic_key, appointment_key, state
        )
        violations_are_conflicts(request)
        await transitions.carry_out_complete(connection, names)
        document = await repository.reload(connection, actor, appointment_key)
        return document_response(request, document)

    return await run_once(request, actor, body, work)
