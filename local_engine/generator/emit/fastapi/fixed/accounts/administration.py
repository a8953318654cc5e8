"""What admins do with accounts."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, create_model
from starlette.requests import Request
from starlette.responses import Response

from ..core.access import authenticate, parse_id, require_role
from ..core.body import Input, receive_body
from ..core.db import Connection
from ..core.documents import JsonResponse, check_version, document_response
from ..core.openapi import details, problems
from ..core.problem import FieldError, invalid, not_found
from ..core.services import database
from . import users as accounts
from .profile import ADMIN, Profile
from .users import Users


class RolesUpdate(Input):
    """All roles that a user shall have."""

    roles: list[str]


class Administration:
    """GET /users, GET /users/{user_id}, PUT /users/{user_id}/roles."""

    def __init__(self, profile: Profile, users: Users) -> None:
        self._profile = profile
        self._users = users

    def router(self) -> APIRouter:
        """The routes with their descriptions."""
        router = APIRouter(prefix="/users", tags=["accounts"])
        router.get(
            "",
            operation_id="list_users",
            summary="List users",
            response_model=_page_of(self._profile.user),
            responses=problems(401, 403, 422),
            openapi_extra=details(query=self._users.list_query),
        )(self.list_users)
        router.get(
            "/{user_id}",
            operation_id="read_user",
            summary="Read a user",
            response_model=self._profile.user,
            responses=problems(401, 403, 404),
            openapi_extra=details(etag=True, if_none_match=True),
        )(self.read_user)
        router.put(
            "/{user_id}/roles",
            operation_id="set_user_roles",
            summary="Set the roles of a user",
            response_model=self._profile.user,
            responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422),
            openapi_extra=details(body=RolesUpdate, etag=True, if_match="optional"),
        )(self.set_user_roles)
        return router

    async def list_users(self, request: Request) -> Response:
        """Admins only."""
        require_role(authenticate(request), ADMIN)
        page = self._users.list_query.parse(request.query_params)
        return JsonResponse(await self._users.list_page(database(request), page))

    async def read_user(self, request: Request, user_id: str) -> Response:
        """Admins only."""
        require_role(authenticate(request), ADMIN)
        document = await self._users.read(database(request), parse_id(user_id))
        return document_response(request, document)

    async def set_user_roles(self, request: Request, user_id: str) -> Response:
        """Admins only; an active one is always left. Takes effect with the next access token."""
        require_role(authenticate(request), ADMIN)
        user = parse_id(user_id)
        body = await receive_body(request, RolesUpdate)

        async def work(connection: Connection) -> Response:
            version = await accounts.lock(connection, user)
            if version is None:
                raise not_found()
            body.require_readable()
            check_version(request, version)
            roles = body.value().roles
            _require_known(roles, self._profile)
            await accounts.set_roles(connection, user, roles)
            return document_response(request, await self._users.reload(connection, user))

        return await database(request).run(work)


def _page_of(user: type[BaseModel]) -> type[BaseModel]:
    """The model of a list's answer."""
    fields: dict[str, Any] = {"items": (list[user], ...), "next_cursor": (str | None, ...)}  # type: ignore[valid-type]
    return create_model("UserPage", __doc__="One page of users.", **fields)


def _require_known(roles: list[str], profile: Profile) -> None:
    """Raises a 422 problem that names each role which does not exist."""
    message = f"Give some of: {', '.join(sorted(profile.all_roles))}."
    errors = [
        FieldError(f"/roles/{index}", "not_allowed", message)
        for index, role in enumerate(roles)
        if role not in profile.all_roles
    ]
    if errors:
        raise invalid(errors)
