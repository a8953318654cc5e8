"""The routes of subject matter."""

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
from app.core.idempotency import run_once
from app.core.openapi import details, problems
from app.core.rate_limit import RateLimit, limit_rate
from app.core.services import database

from . import repository
from .schemas import Topic, TopicCreate, TopicPage, TopicUpdate

router = APIRouter(prefix="/subject-matter", tags=["subject matter"])


@router.get(
    "",
    operation_id="list_subject_matter",
    summary="List subject matter",
    response_model=TopicPage,
    responses=problems(401, 403, 422),
    openapi_extra=details(access="optional", query=repository.LIST),
)
async def list_subject_matter(request: Request) -> Response:
    """Subject matter, a page at a time. For: public."""
    actor = authenticate(request)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, page))


@router.get(
    "/{topic_id}",
    operation_id="read_topic",
    summary="Read a topic",
    response_model=Topic,
    responses=problems(401, 404),
    openapi_extra=details(access="optional", etag=True, if_none_match=True),
)
async def read_topic(request: Request, topic_id: str) -> Response:
    """One topic. For: public."""
    actor = authenticate(request)
    topic_key = parse_id(topic_id)
    document = await repository.read(database(request), actor, topic_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_topic",
    summary="Create a topic",
    status_code=201,
    response_model=Topic,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=details(body=TopicCreate, idempotent=True, etag=True, location=True, status=201),
)
async def create_topic(request: Request) -> Response:
    """A new topic. For: librarian."""
    actor = authenticate(request)
    require_signed_in(actor)
    require_role(actor, "librarian")
    body = await receive_body(request, TopicCreate)

    async def work(connection: Connection) -> Response:
        topic_key, document = await repository.create(connection, actor, body.value())
        return created_response(document, f"/subject-matter/{topic_key}")

    return await run_once(request, actor, body, work)


@router.patch(
    "/{topic_id}",
    operation_id="update_topic",
    summary="Change a topic",
    response_model=Topic,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 429),
    openapi_extra=details(body=TopicUpdate, etag=True, if_match="optional"),
)
async def update_topic(request: Request, topic_id: str) -> Response:
    """Only the given fields change. For: librarian."""
    actor = authenticate(request)
    require_signed_in(actor)
    topic_key = parse_id(topic_id)
    await limit_rate(request, actor, RateLimit("topic.update", 4, 3600))
    body = await receive_body(request, TopicUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, topic_key)
        body.require_readable()
        check_version(request, version)
        document = await repository.update(connection, actor, topic_key, body.value())
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{topic_id}",
    operation_id="delete_topic",
    summary="Delete a topic",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_topic(request: Request, topic_id: str) -> Response:
    """The topic is gone for good. For: admin."""
    actor = authenticate(request)
    require_signed_in(actor)
    topic_key = parse_id(topic_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(connection, actor, topic_key)
        check_version(request, version)
        await repository.delete(connection, topic_key)
        return no_content()

    return await database(request).run(work)
