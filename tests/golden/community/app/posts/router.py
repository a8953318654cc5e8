"""The routes of posts."""

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
from .schemas import Post, PostCreate, PostPage, PostUpdate

router = APIRouter(prefix="/posts", tags=["posts"])


@router.get(
    "",
    operation_id="list_posts",
    summary="List posts",
    response_model=PostPage,
    responses=problems(401, 403, 422),
    openapi_extra=details(access="optional", query=repository.LIST),
)
async def list_posts(request: Request) -> Response:
    """Posts, a page at a time. For: public."""
    actor = authenticate(request)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, page))


@router.get(
    "/{post_id}",
    operation_id="read_post",
    summary="Read a post",
    response_model=Post,
    responses=problems(401, 404),
    openapi_extra=details(access="optional", etag=True, if_none_match=True),
)
async def read_post(request: Request, post_id: str) -> Response:
    """One post. For: public."""
    actor = authenticate(request)
    post_key = parse_id(post_id)
    document = await repository.read(database(request), actor, post_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_post",
    summary="Create a post",
    status_code=201,
    response_model=Post,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=details(body=PostCreate, idempotent=True, etag=True, location=True, status=201),
)
async def create_post(request: Request) -> Response:
    """A new post. For: member."""
    actor = authenticate(request)
    require_signed_in(actor)
    body = await receive_body(request, PostCreate)

    async def work(connection: Connection) -> Response:
        post_key, document = await repository.create(connection, actor, body.value())
        return created_response(document, f"/posts/{post_key}")

    return await run_once(request, actor, body, work)


@router.patch(
    "/{post_id}",
    operation_id="update_post",
    summary="Change a post",
    response_model=Post,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(body=PostUpdate, etag=True, if_match="optional"),
)
async def update_post(request: Request, post_id: str) -> Response:
    """Only the given fields change. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    post_key = parse_id(post_id)
    body = await receive_body(request, PostUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, post_key)
        body.require_readable()
        check_version(request, version)
        document = await repository.update(connection, actor, post_key, body.value())
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{post_id}",
    operation_id="delete_post",
    summary="Delete a post",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_post(request: Request, post_id: str) -> Response:
    """The post is gone for good. For: owner, member:moderator."""
    actor = authenticate(request)
    require_signed_in(actor)
    post_key = parse_id(post_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(connection, actor, post_key)
        check_version(request, version)
        await repository.delete(connection, post_key)
        return no_content()

    return await database(request).run(work)
