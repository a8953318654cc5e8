"""The signed-in user's own account."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from ..core.access import authenticate, require_signed_in
from ..core.body import Input, receive_body
from ..core.db import Connection
from ..core.documents import check_version, document_response, no_content
from ..core.openapi import details, problems
from ..core.problem import FieldError, Problem, invalid, unauthenticated
from ..core.services import database, services
from ..core.throttle import Subject, count_attempt, forgive
from . import sessions
from . import users as accounts
from .profile import Password, Profile
from .users import Users


class PasswordChange(Input):
    """The password as it is and as it shall be."""

    current_password: str
    new_password: Password


class MyAccount:
    """GET and PATCH /users/me, PUT /users/me/password."""

    def __init__(self, profile: Profile, users: Users) -> None:
        self._profile = profile
        self._users = users

    def router(self) -> APIRouter:
        """The routes with their descriptions."""
        router = APIRouter(prefix="/users/me", tags=["accounts"])
        router.get(
            "",
            operation_id="read_me",
            summary="Read your account",
            response_model=self._profile.user,
            responses=problems(401),
            openapi_extra=details(etag=True, if_none_match=True),
        )(self.read_me)
        router.patch(
            "",
            operation_id="update_me",
            summary="Change your account",
            response_model=self._profile.user,
            responses=problems(400, 401, 409, 412, 413, 415, 422),
            openapi_extra=details(body=self._profile.update, etag=True, if_match="optional"),
        )(self.update_me)
        router.put(
            "/password",
            operation_id="change_password",
            summary="Change your password",
            status_code=204,
            responses=problems(400, 401, 413, 415, 422, 429),
            openapi_extra=details(body=PasswordChange),
        )(self.change_password)
        return router

    async def read_me(self, request: Request) -> Response:
        """The account of the access token."""
        user_id = require_signed_in(authenticate(request))
        document = await self._users.find_active(database(request), user_id)
        if document is None:
            raise _gone()
        return document_response(request, document)

    async def update_me(self, request: Request) -> Response:
        """Only the given fields change; e-mail address and roles cannot be changed here."""
        user_id = require_signed_in(authenticate(request))
        body = await receive_body(request, self._profile.update)

        async def work(connection: Connection) -> Response:
            version = await accounts.lock(connection, user_id)
            if version is None:
                raise _gone()
            body.require_readable()
            check_version(request, version)
            given = body.value().given(self._profile.columns)
            await self._users.update(connection, user_id, given)
            return document_response(request, await self._users.reload(connection, user_id))

        return await database(request).run(work)

    async def change_password(self, request: Request) -> Response:
        """All other sessions end. A wrong current password counts as a failed sign-in."""
        actor = authenticate(request)
        user_id = require_signed_in(actor)
        given = (await receive_body(request, PasswordChange)).value()
        await _verify_current(request, user_id, given.current_password)
        password_hash = await services(request).passwords.hash(given.new_password)

        async def work(connection: Connection) -> None:
            await accounts.set_password(connection, user_id, password_hash)
            await sessions.end_others(connection, user_id, actor.session)

        await database(request).run(work)
        return no_content()


async def _verify_current(request: Request, user_id: UUID, password: str) -> None:
    """Raises 422 for a wrong password, 429 after too many, 401 when the account is gone."""
    user = await accounts.find_by_id(database(request), user_id)
    if user is None or not user.active:
        raise _gone()
    subject = Subject.own_password(user_id)
    await count_attempt(database(request), subject)
    if not await services(request).passwords.verify(password, user.password_hash):
        raise invalid([FieldError("/current_password", "wrong", "This is not your password.")])
    await forgive(database(request), subject)


def _gone() -> Problem:
    """The token is good, but its account was deleted or deactivated meanwhile."""
    return unauthenticated("This account no longer exists.", error="invalid_token")
