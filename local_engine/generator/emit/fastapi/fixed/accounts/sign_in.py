"""The routes that open, renew and close sessions."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from ..core.addresses import client_address
from ..core.body import Input, receive_body, receive_bytes
from ..core.db import Connection
from ..core.documents import JsonResponse, no_content
from ..core.openapi import details, problems
from ..core.passwords import is_outdated
from ..core.problem import FieldError, invalid, malformed, unauthenticated, unsupported_media_type
from ..core.services import Services, database, services
from ..core.throttle import Subject, count_attempt, forgive
from . import sessions, users

router = APIRouter(prefix="/auth", tags=["accounts"])

_FORM_TYPE = re.compile(r"application/x-www-form-urlencoded\s*(?:;.*)?", re.IGNORECASE)
_MAX_FORM_BYTES = 16_384
_NO_STORE = [(b"cache-control", b"no-store")]


class LoginForm(BaseModel):
    """What is sent to sign in, as a form (OAuth 2 password grant)."""

    username: Annotated[str, Field(description="The e-mail address.", examples=["ada@example.com"])]
    password: Annotated[str, Field(json_schema_extra={"format": "password"})]
    grant_type: Annotated[str, Field(pattern="^password$")] = "password"


class Tokens(BaseModel):
    """A session: an access token for requests, a refresh token for the next access token."""

    access_token: str
    token_type: str
    expires_in: Annotated[int, Field(description="Seconds.")]
    refresh_token: str


class RefreshToken(Input):
    """The refresh token that was given last."""

    refresh_token: Annotated[str, Field(min_length=1, max_length=512)]


@router.post(
    "/login",
    operation_id="login",
    summary="Sign in",
    response_model=Tokens,
    responses=problems(400, 401, 413, 415, 422, 429),
    openapi_extra=details(access="public", form=LoginForm),
)
async def login(request: Request) -> Response:
    """E-mail address (as `username`) and password, as a form. Too many failures cost a pause."""
    form = await _read_form(request)
    client = client_address(request)
    attempts, address = Subject.sign_in(form.username, client), Subject.address(client)
    await count_attempt(database(request), attempts, address)
    user = None
    if "\0" not in form.username:
        user = await users.find_by_email(database(request), form.username)
    passwords = services(request).passwords
    right = await passwords.verify(form.password, user.password_hash if user else None)
    if user is None or not right or not user.active:
        raise unauthenticated("E-mail address or password is wrong.")
    await forgive(database(request), attempts, address)
    signed_in, stronger = user, None
    if is_outdated(user.password_hash):
        stronger = await passwords.hash(form.password)

    async def work(connection: Connection) -> sessions.Session:
        if stronger is not None:
            await users.set_password(connection, signed_in.id, stronger)
        life = _refresh_life(services(request))
        return await sessions.begin(connection, signed_in.id, signed_in.roles, life)

    return _tokens_response(request, await database(request).run(work))


@router.post(
    "/refresh",
    operation_id="refresh",
    summary="Renew a session",
    response_model=Tokens,
    responses=problems(400, 401, 413, 415, 422),
    openapi_extra=details(access="public", body=RefreshToken),
)
async def refresh(request: Request) -> Response:
    """The refresh token is spent and replaced. A spent one ends the whole session."""
    body = await receive_body(request, RefreshToken)
    token = body.value().refresh_token

    async def work(connection: Connection) -> sessions.Session | None:
        return await sessions.renew(connection, token, _refresh_life(services(request)))

    session = await database(request).run(work)
    if session is None:
        raise unauthenticated("The refresh token is not valid.", error="invalid_token")
    return _tokens_response(request, session)


@router.post(
    "/logout",
    operation_id="logout",
    summary="Sign out",
    status_code=204,
    responses=problems(400, 413, 415, 422),
    openapi_extra=details(access="public", body=RefreshToken),
)
async def logout(request: Request) -> Response:
    """End the session that the refresh token belongs to."""
    body = await receive_body(request, RefreshToken)
    token = body.value().refresh_token

    async def work(connection: Connection) -> None:
        await sessions.end(connection, token)

    await database(request).run(work)
    return no_content()


async def _read_form(request: Request) -> LoginForm:
    """The sign-in form. Raises a 415, 413, 400 or 422 problem."""
    if not _FORM_TYPE.fullmatch(request.headers.get("content-type", "")):
        raise unsupported_media_type("application/x-www-form-urlencoded")
    raw = await receive_bytes(request, _MAX_FORM_BYTES)
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, max_num_fields=20)
        form = dict(pairs)
    except ValueError:
        raise malformed("The body is not a form.") from None
    missing = [name for name in ("username", "password") if not form.get(name)]
    if missing:
        raise invalid([FieldError(f"/{name}", "required", "Field required") for name in missing])
    if form.get("grant_type", "password") != "password":
        raise invalid([FieldError("/grant_type", "not_allowed", "Only “password” is supported.")])
    return LoginForm.model_construct(username=form["username"], password=form["password"])


def _refresh_life(services: Services) -> timedelta:
    return timedelta(days=services.settings.refresh_token_days)


def _tokens_response(request: Request, session: sessions.Session) -> Response:
    tokens = services(request).tokens
    content = {
        "access_token": tokens.issue(session.user, session.roles, session.id),
        "token_type": "bearer",
        "expires_in": tokens.life_seconds,
        "refresh_token": session.refresh_token,
    }
    return JsonResponse(json.dumps(content, separators=(",", ":")), headers=_NO_STORE)
