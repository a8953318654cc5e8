"""The routes of branches."""

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
from app.core.rate_limit import RateLimit, limit_rate
from app.core.services import database
from app.subject_matter import repository as subject_matter
from app.subject_matter.schemas import TopicPage

from . import repository
from .schemas import Branch, BranchCreate, BranchPage, BranchUpdate

router = APIRouter(prefix="/branches", tags=["branches"])
PLAN = FileLimits(max_bytes=65536, accept=("image/png", "application/pdf"))


@router.get(
    "",
    operation_id="list_branches",
    summary="List branches",
    response_model=BranchPage,
    responses=problems(401, 403, 422),
    openapi_extra=details(access="optional", query=repository.LIST),
)
async def list_branches(request: Request) -> Response:
    """Branches, a page at a time. For: public."""
    actor = authenticate(request)
    page = repository.LIST.parse(request.query_params)
    return JsonResponse(await repository.list_page(database(request), actor, page))


@router.get(
    "/{branch_id}",
    operation_id="read_branch",
    summary="Read a branch",
    response_model=Branch,
    responses=problems(401, 404),
    openapi_extra=details(access="optional", etag=True, if_none_match=True),
)
async def read_branch(request: Request, branch_id: str) -> Response:
    """One branch. For: public."""
    actor = authenticate(request)
    branch_key = parse_id(branch_id)
    document = await repository.read(database(request), actor, branch_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_branch",
    summary="Create a branch",
    status_code=201,
    response_model=Branch,
    responses=problems(400, 401, 403, 409, 413, 415, 422, 429),
    openapi_extra=details(body=BranchCreate, idempotent=True, etag=True, location=True, status=201),
)
async def create_branch(request: Request) -> Response:
    """A new branch. For: librarian, admin."""
    actor = authenticate(request)
    require_signed_in(actor)
    await limit_rate(request, actor, RateLimit("branch.create", 1000, 60))
    require_role(actor, "librarian", "admin")
    body = await receive_body(request, BranchCreate)

    async def work(connection: Connection) -> Response:
        branch_key, document = await repository.create(connection, actor, body.value())
        return created_response(document, f"/branches/{branch_key}")

    return await run_once(request, actor, body, work)


@router.patch(
    "/{branch_id}",
    operation_id="update_branch",
    summary="Change a branch",
    response_model=Branch,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(body=BranchUpdate, etag=True, if_match="optional"),
)
async def update_branch(request: Request, branch_id: str) -> Response:
    """Only the given fields change. For: owner, admin."""
    actor = authenticate(request)
    require_signed_in(actor)
    branch_key = parse_id(branch_id)
    body = await receive_body(request, BranchUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, branch_key)
        body.require_readable()
        check_version(request, version)
        document = await repository.update(connection, actor, branch_key, body.value())
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{branch_id}",
    operation_id="delete_branch",
    summary="Delete a branch",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_branch(request: Request, branch_id: str) -> Response:
    """The branch is gone for good. For: admin."""
    actor = authenticate(request)
    require_signed_in(actor)
    branch_key = parse_id(branch_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(connection, actor, branch_key)
        check_version(request, version)
        await repository.delete(connection, branch_key)
        return no_content()

    return await database(request).run(work)


@router.put(
    "/{branch_id}/plan",
    operation_id="put_branch_plan",
    summary="Upload the plan of a branch",
    status_code=204,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(etag=True, if_match="optional", file=PLAN.accept, status=204),
)
async def put_branch_plan(request: Request, branch_id: str) -> Response:
    """The body is the file itself; it replaces the one before. For: owner, admin."""
    actor = authenticate(request)
    require_signed_in(actor)
    branch_key = parse_id(branch_id)
    received = await receive_file(request, PLAN)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, branch_key)
        upload = received.value()
        check_version(request, version)
        version = await repository.set_plan(connection, actor, branch_key, upload)
        return no_content(version)

    return await database(request).run(work)


@router.get(
    "/{branch_id}/plan",
    operation_id="get_branch_plan",
    summary="Download the plan of a branch",
    response_class=Response,
    responses={200: file_content(PLAN.accept), **problems(401, 404)},
    openapi_extra=details(access="optional", etag=True, if_none_match=True),
)
async def get_branch_plan(request: Request, branch_id: str) -> Response:
    """The file as it was uploaded. For: public."""
    actor = authenticate(request)
    branch_key = parse_id(branch_id)
    file = await repository.read_plan(database(request), actor, branch_key)
    return file_response(request, file)


@router.delete(
    "/{branch_id}/plan",
    operation_id="delete_branch_plan",
    summary="Delete the plan of a branch",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412, 422),
    openapi_extra=details(etag=True, if_match="optional", status=204),
)
async def delete_branch_plan(request: Request, branch_id: str) -> Response:
    """The branch stays, its file goes. For: owner, admin."""
    actor = authenticate(request)
    require_signed_in(actor)
    branch_key = parse_id(branch_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, branch_key)
        check_version(request, version)
        version = await repository.set_plan(connection, actor, branch_key, None)
        return no_content(version)

    return await database(request).run(work)


@router.get(
    "/{branch_id}/topics",
    operation_id="list_branch_topics",
    summary="List the topics of a branch",
    response_model=TopicPage,
    responses=problems(401, 404, 422),
    openapi_extra=details(access="optional", query=subject_matter.LIST),
)
async def list_branch_topics(request: Request, branch_id: str) -> Response:
    """Those that it is linked with and that the actor may read. For: public."""
    actor = authenticate(request)
    branch_key = parse_id(branch_id)
    await repository.require_readable(database(request), actor, branch_key)
    page = subject_matter.LIST.parse(request.query_params)
    return JsonResponse(
        await subject_matter.list_topics_linked_from_branch(
            database(request), actor, branch_key, page
        ),
    )


@router.put(
    "/{branch_id}/topics/{topic_id}",
    operation_id="link_branch_topics",
    summary="Link a branch with a topic",
    status_code=204,
    responses=problems(401, 403, 404, 409),
    openapi_extra=details(),
)
async def link_branch_topics(request: Request, branch_id: str, topic_id: str) -> Response:
    """Doing it again changes nothing. For: owner, admin."""
    actor = authenticate(request)
    require_signed_in(actor)
    branch_key, topic_key = parse_id(branch_id), parse_id(topic_id)

    async def work(connection: Connection) -> Response:
        await repository.lock_for_update(connection, actor, branch_key)
        await repository.link_topics(connection, actor, branch_key, topic_key)
        return no_content()

    return await database(request).run(work)


@router.delete(
    "/{branch_id}/topics/{topic_id}",
    operation_id="unlink_branch_topics",
    summary="Unlink a branch from a topic",
    status_code=204,
    responses=problems(401, 403, 404, 409),
    openapi_extra=details(),
)
async def unlink_branch_topics(request: Request, branch_id: str, topic_id: str) -> Response:
    """Doing it again changes nothing. For: owner, admin."""
    actor = authenticate(request)
    require_signed_in(actor)
    branch_key, topic_key = parse_id(branch_id), parse_id(topic_id)

    async def work(connection: Connection) -> Response:
        await repository.lock_for_update(connection, actor, branch_key)
        await repository.unlink_topics(connection, actor, branch_key, topic_key)
        return no_content()

    return await database(request).run(work)
