"""The routes of comments."""

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
from .schemas import Comment, CommentCreate, CommentPage, CommentUpdate

router = APIRouter(prefix="/comments", tags=["comments"])


@router.get(
    "",
    operation_id="list_comments",
    summary="List comments",
    response_model=CommentPage,
    responses=problems(401, 403, 422),
    openapi_extra=details(access="optional", query=repository.LIST),
)
async def list_comments(request: Request) -> Response:
    """Comments, a page at a time. For: public."""
    actor = authenticate(request)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, page))


@router.get(
    "/{comment_id}",
    operation_id="read_comment",
    summary="Read a comment",
    response_model=Comment,
    responses=problems(401, 404),
    openapi_extra=details(access="optional", etag=True, if_none_match=True),
)
async def read_comment(request: Request, comment_id: str) -> Response:
    """One comment. For: public."""
    actor = authenticate(request)
    comment_key = parse_id(comment_id)
    document = await repository.read(database(request), actor, comment_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_comment",
    summary="Create a comment",
    status_code=201,
    response_model=Comment,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=details(
        body=CommentCreate, idempotent=True, etag=True, location=True, status=201
    ),
)
async def create_comment(request: Request) -> Response:
    """A new comment. For: member."""
    actor = authenticate(request)
    require_signed_in(actor)
    body = await receive_body(request, CommentCreate)

    async def work(connection: Connection) -> Response:
        comment_key, document = await repository.create(connection, actor, body.value())
        return created_response(document, f"/comments/{comment_key}")

    return await run_once(request, actor, body, work)


@router.patch(
    "/{comment_id}",
    operation_id="update_comment",
    summary="Change a comment",
    response_model=Comment,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(body=CommentUpdate, etag=True, if_match="optional"),
)
async def update_comment(request: Request, comment_id: str) -> Response:
    """Only the given fields change. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    comment_key = parse_id(comment_id)
    body = await receive_body(request, CommentUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, comment_key)
        body.require_readable()
        check_version(request, version)
        document = await repository.update(connection, actor, comment_key, body.value())
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{comment_id}",
    operation_id="delete_comment",
    summary="Delete a comment",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_comment(request: Request, comment_id: str) -> Response:
    """The comment is gone for good. For: owner, member:moderator."""
    actor = authenticate(request)
    require_signed_in(actor)
    comment_key = parse_id(comment_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(connection, actor, comment_key)
        check_version(request, version)
        await repository.delete(connection, comment_key)
        return no_content()

    return await database(request).run(work)
