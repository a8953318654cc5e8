"""How people get an account: by themselves, or with an invitation."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, TypeAlias

from fastapi import APIRouter
from pydantic import BaseModel, Field, create_model
from starlette.requests import Request
from starlette.responses import Response

from ..core.access import authenticate, require_role
from ..core.actor import ANONYMOUS
from ..core.body import Input, receive_body
from ..core.db import Connection, Database
from ..core.documents import Document, JsonResponse
from ..core.openapi import details, problems
from ..core.rate_limit import RateLimit, limit_rate
from ..core.rules import Rule
from ..core.services import database, services
from . import invitations
from .profile import ADMIN, Email, Profile, Registration
from .users import Users, find_by_email

Check: TypeAlias = Callable[[Database, Registration], Awaitable[None]]
Redeem: TypeAlias = Callable[[Connection, Registration], Awaitable[None]]

_TAGS = ["accounts"]

Invitation = Annotated[str, Field(min_length=1, max_length=512)]


class InvitationCreate(Input):
    """Whom to invite."""

    email: Email


class InvitationToken(BaseModel):
    """What the invited person needs to join; it is shown only once."""

    token: str
    expires_at: datetime


def open_router(profile: Profile, users: Users) -> APIRouter:
    """POST /auth/register for everybody."""

    async def check(database: Database, given: Registration) -> None:
        """Nobody needs an invitation."""

    async def redeem(connection: Connection, given: Registration) -> None:
        """So there is none to use up."""

    return _register_router(profile, users, profile.registration, check, redeem)


def invited_router(profile: Profile, users: Users) -> APIRouter:
    """POST /auth/register for people with an invitation."""

    def token(given: Registration) -> str:
        return str(getattr(given, "invitation"))  # noqa: B009

    async def check(database: Database, given: Registration) -> None:
        await invitations.check(database, token(given), given.email)

    async def redeem(connection: Connection, given: Registration) -> None:
        await invitations.redeem(connection, token(given), given.email)

    return _register_router(profile, users, _with_invitation(profile.registration), check, redeem)


def _with_invitation(registration: type[Registration]) -> type[Registration]:
    return create_model(
        f"Invited{registration.__name__}",
        __base__=registration,
        __doc__="What somebody with an invitation gives to join.",
        invitation=(Invitation, ...),
    )


def _register_router(
    profile: Profile, users: Users, model: type[Registration], check: Check, redeem: Redeem
) -> APIRouter:
    router = APIRouter(prefix="/auth", tags=[*_TAGS])

    @router.post(
        "/register",
        operation_id="register",
        summary="Join",
        status_code=201,
        response_model=profile.user,
        responses=problems(400, 409, 413, 415, 422, 429),
        openapi_extra=details(access="public", body=model, etag=True, status=201),
    )
    async def register(request: Request) -> Response:
        """A new account. Its roles are the default ones, whatever is sent."""
        given = (await receive_body(request, model)).value()
        # Each try costs a slow hash or tells whether an e-mail address is taken.
        await limit_rate(request, ANONYMOUS, _limit(request))
        await _refuse_early(request, given, check)
        password_hash = await services(request).passwords.hash(given.password)

        async def work(connection: Connection) -> Document:
            await redeem(connection, given)
            user_id = await users.create(
                connection,
                given.email,
                password_hash,
                profile.first_roles,
                given.values(profile.columns),
            )
            return await users.reload(connection, user_id)

        document = await database(request).run(work)
        return JsonResponse(document.body, 201, [(b"etag", document.etag.encode())])

    return router


async def _refuse_early(request: Request, given: Registration, check: Check) -> None:
    """Raises the problem that a registration will meet anyway, before its password is hashed.

    What changes meanwhile is left to the transaction: the invitation is used up there, and the
    constraint of the table decides who has an e-mail address.
    """
    await check(database(request), given)
    taken = services(request).rules["users_email_key"]
    if isinstance(taken, Rule) and await find_by_email(database(request), given.email) is not None:
        raise taken.problem()


def _limit(request: Request) -> RateLimit:
    """How many people may join from one address."""
    return RateLimit("register", services(request).settings.registrations_per_hour, 3600)


invitations_router = APIRouter(prefix="/auth", tags=[*_TAGS])


@invitations_router.post(
    "/invitations",
    operation_id="create_invitation",
    summary="Invite somebody",
    status_code=201,
    response_model=InvitationToken,
    responses=problems(400, 401, 403, 413, 415, 422),
    openapi_extra=details(body=InvitationCreate),
)
async def create_invitation(request: Request) -> Response:
    """Admins only. The token goes to the person who is invited, by a way that you trust."""
    admin = require_role(authenticate(request), ADMIN)
    email = (await receive_body(request, InvitationCreate)).value().email

    async def work(connection: Connection) -> tuple[str, datetime]:
        return await invitations.invite(connection, email, admin)

    token, expires_at = await database(request).run(work)
    content = {"token": token, "expires_at": expires_at.isoformat()}
    return JsonResponse(json.dumps(content), 201, [(b"cache-control", b"no-store")])
