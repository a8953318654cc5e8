"""The routes of votes."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.core.access import authenticate, parse_id, require_signed_in
from app.core.body import receive_body
from app.core.db import Connection
from app.core.documents import check_version, created_response, document_response, no_content
from app.core.idempotency import run_once
from app.core.openapi import details, problems
from app.core.services import database

from . import repository
from .schemas import Vote, VoteCreate, VoteUpdate

router = APIRouter(prefix="/votes", tags=["votes"])


@router.get(
    "/{vote_id}",
    operation_id="read_vote",
    summary="Read a vote",
    response_model=Vote,
    responses=problems(401, 404),
    openapi_extra=details(etag=True, if_none_match=True),
)
async def read_vote(request: Request, vote_id: str) -> Response:
    """One vote. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    vote_key = parse_id(vote_id)
    document = await repository.read(database(request), actor, vote_key)
    return document_response(request, document)


@router.post(
    "",
    operation_id="create_vote",
    summary="Create a vote",
    status_code=201,
    response_model=Vote,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=details(
        body=VoteCreate, idempotent=True, etag=True, location=True, status=201, replaced=Vote
    ),
)
async def create_vote(request: Request) -> Response:
    """A new vote. One that is there already is replaced (200). For: authenticated."""
    actor = authenticate(request)
    require_signed_in(actor)
    body = await receive_body(request, VoteCreate)

    async def work(connection: Connection) -> Response:
        vote_key, document, is_new = await repository.create(connection, actor, body.value())
        if not is_new:
            return document_response(request, document)
        return created_response(document, f"/votes/{vote_key}")

    return await run_once(request, actor, body, work)


@router.patch(
    "/{vote_id}",
    operation_id="update_vote",
    summary="Change a vote",
    response_model=Vote,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
    openapi_extra=details(body=VoteUpdate, etag=True, if_match="optional"),
)
async def update_vote(request: Request, vote_id: str) -> Response:
    """Only the given fields change. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    vote_key = parse_id(vote_id)
    body = await receive_body(request, VoteUpdate)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_update(connection, actor, vote_key)
        body.require_readable()
        check_version(request, version)
        document = await repository.update(connection, actor, vote_key, body.value())
        return document_response(request, document)

    return await database(request).run(work)


@router.delete(
    "/{vote_id}",
    operation_id="delete_vote",
    summary="Delete a vote",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412),
    openapi_extra=details(if_match="optional"),
)
async def delete_vote(request: Request, vote_id: str) -> Response:
    """The vote is gone for good. For: owner."""
    actor = authenticate(request)
    require_signed_in(actor)
    vote_key = parse_id(vote_id)

    async def work(connection: Connection) -> Response:
        version = await repository.lock_for_delete(connection, actor, vote_key)
        check_version(request, version)
        await repository.delete(connection, vote_key)
        return no_content()

    return await database(request).run(work)
