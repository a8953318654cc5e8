"""The routes of cakes."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.core.access import authenticate, parse_id, require_role, require_signed_in
from app.core.body import receive_body
from app.core.db import Connection
from app.core.documents import (
    JsonResponse,
    check_version,
    created_response,
    document_response,
    no_content,
)
from app.core.files import FileLimits, file_response, receive_file
from app.core.idempotency import run_once
from app.core.openapi import details, file_content, problems
from app.core.services import database

from . import repository
from .schemas import Cake, CakeCreate, CakePage, CakeUpdate

router = APIRouter(prefix="/cakes", tags=["cakes"])
PICTURE = FileLimits(max_bytes=5242880, accept=("image/png", "image/jpeg"))


@router.get(
    "",
    operation_id="list_cakes",
    summary="List cakes",
    response_model=CakePage,
    responses=problems(401, 403, 422),
    openapi_extra=details(access="optional", query=repository.LIST),
)
async def list_cakes(request: Request) -> Response:
    """Cakes, a page at a time. For: public."""
    actor = authenticate(request)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, page))


@router.get(
    "/{cake_id}",
    operation_id="read_cake",
    summary="Read a cake",
    response_model=Cake,
    responses=problems(401, 404),
    openapi_extra=details(access="optional", etag=True, if_none_match=True),
)
async def read_cake(request: Request, cake_id: str) -> Response:
    """One cake. For: public."""
    actor = authenticate(request)
    cake_key = parse_id(cake_id)
    document = await repository.read(database(request), actor, cake_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_cake",
    summary="Create a cake",
    status_code=201,
    response_model=Cake,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=details(body=CakeCreate, idempotent=True, etag=True, location=True, status=201),
)
async def create_cake(request: Request) -> Response:
    """A new cake. For: baker."""
    actor = authenticate(request)
    require_signed_in(actor)
    require_role(actor, "baker")
    body = await receive_body(request, CakeCreate)

    async def work(connection: Connection) -> Response:
        cake_key, document = await repository.create(connection, actor, body.value())
        return created_response(document, f"/cakes/{cake_key}")

    return await run_once(request, actor, body, work)


@router.patch(
    "/{cake_id}",
    operation_id="update_cake",
    summary="Change a cake",
    response_model=Cake,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(body=CakeUpdate, etag=True, if_match="optional"),
)
async def update_cake(request: Request, cake_id: str) -> Response:
    """Only the given fields change. For: baker."""
    actor = authenticate(request)
    require_signed_in(actor)
    cake_key = parse_id(cake_id)
    body = await receive_body(request, CakeUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, cake_key)
        body.require_readable()
        check_version(request, version)
        document = await repository.update(connection, actor, cake_key, body.value())
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{cake_id}",
    operation_id="delete_cake",
    summary="Delete a cake",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_cake(request: Request, cake_id: str) -> Response:
    """The cake is gone for good. For: baker."""
    actor = authenticate(request)
    require_signed_in(actor)
    cake_key = parse_id(cake_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(connection, actor, cake_key)
        check_version(request, version)
        await repository.delete(connection, cake_key)
        return no_content()

    return await database(request).run(work)


@router.put(
    "/{cake_id}/picture",
    operation_id="put_cake_picture",
    summary="Upload the picture of a cake",
    status_code=204,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(etag=True, if_match="optional", file=PICTURE.accept, status=204),
)
async def put_cake_picture(request: Request, cake_id: str) -> Response:
    """The body is the file itself; it replaces the one before. For: baker."""
    actor = authenticate(request)
    require_signed_in(actor)
    cake_key = parse_id(cake_id)
    received = await receive_file(request, PICTURE)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, cake_key)
        upload = received.value()
        check_version(request, version)
        version = await repository.set_picture(connection, actor, cake_key, upload)
        return no_content(version)

    return await database(request).run(work)


@router.get(
    "/{cake_id}/picture",
    operation_id="get_cake_picture",
    summary="Download the picture of a cake",
    response_class=Response,
    responses={200: file_content(PICTURE.accept), **problems(401, 404)},
    openapi_extra=details(access="optional", etag=True, if_none_match=True),
)
async def get_cake_picture(request: Request, cake_id: str) -> Response:
    """The file as it was uploaded. For: public."""
    actor = authenticate(request)
    cake_key = parse_id(cake_id)
    file = await repository.read_picture(database(request), actor, cake_key)
    return file_response(request, file)


@router.delete(
    "/{cake_id}/picture",
    operation_id="delete_cake_picture",
    summary="Delete the picture of a cake",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412, 422),
    openapi_extra=details(etag=True, if_match="optional", status=204),
)
async def delete_cake_picture(request: Request, cake_id: str) -> Response:
    """The cake stays, its file goes. For: baker."""
    actor = authenticate(request)
    require_signed_in(actor)
    cake_key = parse_id(cake_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, cake_key)
        check_version(request, version)
        version = await repository.set_picture(connection, actor, cake_key, None)
        return no_content(version)

    return await database(request).run(work)
