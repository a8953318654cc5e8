"""The routes of ratings."""

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
from .schemas import Rating, RatingCreate, RatingPage, RatingUpdate

router = APIRouter(prefix="/ratings", tags=["ratings"])


@router.get(
    "",
    operation_id="list_ratings",
    summary="List ratings",
    response_model=RatingPage,
    responses=problems(401, 403, 422),
    openapi_extra=details(access="optional", query=repository.LIST),
)
async def list_ratings(request: Request) -> Response:
    """Ratings, a page at a time. For: public."""
    actor = authenticate(request)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, page))


@router.get(
    "/{rating_id}",
    operation_id="read_rating",
    summary="Read a rating",
    response_model=Rating,
    responses=problems(401, 404),
    openapi_extra=details(access="optional", etag=True, if_none_match=True),
)
async def read_rating(request: Request, rating_id: str) -> Response:
    """One rating. For: public."""
    actor = authenticate(request)
    rating_key = parse_id(rating_id)
    document = await repository.read(database(request), actor, rating_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_rating",
    summary="Create a rating",
    status_code=201,
    response_model=Rating,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=details(
        body=RatingCreate, idempotent=True, etag=True, location=True, status=201, replaced=Rating
    ),
)
async def create_rating(request: Request) -> Response:
    """A new rating. One that is there already is replaced (200). For: authenticated."""
    actor = authenticate(request)
    require_signed_in(actor)
    body = await receive_body(request, RatingCreate)

    async def work(connection: Connection) -> Response:
        rating_key, document, is_new = await repository.create(connection, actor, body.value())
        if not is_new:
            return document_response(request, document)
        return created_response(document, f"/ratings/{rating_key}")

    return await run_once(request, actor, body, work)


@router.patch(
    "/{rating_id}",
    operation_id="update_rating",
    summary="Change a rating",
    response_model=Rating,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(body=RatingUpdate, etag=True, if_match="optional"),
)
async def update_rating(request: Request, rating_id: str) -> Response:
    """Only the given fields change. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    rating_key = parse_id(rating_id)
    body = await receive_body(request, RatingUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, rating_key)
        body.require_readable()
        check_version(request, version)
        document = await repository.update(connection, actor, rating_key, body.value())
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{rating_id}",
    operation_id="delete_rating",
    summary="Delete a rating",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_rating(request: Request, rating_id: str) -> Response:
    """The rating is gone for good. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    rating_key = parse_id(rating_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(connection, actor, rating_key)
        check_version(request, version)
        await repository.delete(connection, rating_key)
        return no_content()

    return await database(request).run(work)
