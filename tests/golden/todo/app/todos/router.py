"""The routes of todos."""

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
from .schemas import Todo, TodoCreate, TodoPage, TodoUpdate

router = APIRouter(prefix="/todos", tags=["todos"])


@router.get(
    "",
    operation_id="list_todos",
    summary="List todos",
    response_model=TodoPage,
    responses=problems(401, 403, 422),
    openapi_extra=details(query=repository.LIST),
)
async def list_todos(request: Request) -> Response:
    """Todos, a page at a time. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, page))


@router.get(
    "/{todo_id}",
    operation_id="read_todo",
    summary="Read a todo",
    response_model=Todo,
    responses=problems(401, 404),
    openapi_extra=details(etag=True, if_none_match=True),
)
async def read_todo(request: Request, todo_id: str) -> Response:
    """One todo. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    todo_key = parse_id(todo_id)
    document = await repository.read(database(request), actor, todo_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_todo",
    summary="Create a todo",
    status_code=201,
    response_model=Todo,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=details(body=TodoCreate, idempotent=True, etag=True, location=True, status=201),
)
async def create_todo(request: Request) -> Response:
    """A new todo. For: authenticated."""
    actor = authenticate(request)
    require_signed_in(actor)
    body = await receive_body(request, TodoCreate)

    async def work(connection: Connection) -> Response:
        todo_key, document = await repository.create(connection, actor, body.value())
        return created_response(document, f"/todos/{todo_key}")

    return await run_once(request, actor, body, work)


@router.patch(
    "/{todo_id}",
    operation_id="update_todo",
    summary="Change a todo",
    response_model=Todo,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(body=TodoUpdate, etag=True, if_match="optional"),
)
async def update_todo(request: Request, todo_id: str) -> Response:
    """Only the given fields change. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    todo_key = parse_id(todo_id)
    body = await receive_body(request, TodoUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, todo_key)
        body.require_readable()
        check_version(request, version)
        document = await repository.update(connection, actor, todo_key, body.value())
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{todo_id}",
    operation_id="delete_todo",
    summary="Delete a todo",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_todo(request: Request, todo_id: str) -> Response:
    """The todo is gone for good. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    todo_key = parse_id(todo_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(connection, actor, todo_key)
        check_version(request, version)
        await repository.delete(connection, todo_key)
        return no_content()

    return await database(request).run(work)
