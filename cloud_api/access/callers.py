"""Who asks: the address and the device of a request, and the account that is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer

from cloud_api.database.pool import Connection, fetch_one
from cloud_api.security.access_tokens import refused
from cloud_api.services import Services, services_of
from cloud_api.web.addresses import client_address
from cloud_api.web.problems import unauthenticated

_SESSION = """
    SELECT s.id AS session, u.id, u.email, u.email_verified_at IS NOT NULL AS verified, u.created_at
    FROM sessions AS s JOIN users AS u ON u.id = s.user_id
    WHERE s.id = %(session)s AND u.id = %(user)s
      AND s.idle_expires_at > now() AND s.expires_at > now()
"""
_ENDED = "This session has ended. Sign in again."
_STILL = "SELECT id FROM sessions WHERE id = %(session)s FOR SHARE"
_SHOWN_AGENT = 200

bearer = OAuth2PasswordBearer(tokenUrl="/auth/login", auto_error=False, scheme_name="account")


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request comes from."""

    address: str
    agent: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Account:
    """The account that a request is made for, and the session that it is made in."""

    id: UUID
    email: str
    verified: bool
    session: UUID
    created_at: datetime


async def caller_of(request: Request) -> Caller:
    """The caller of a request; a coroutine, because FastAPI runs others in threads."""
    agent = "".join(c for c in request.headers.get("user-agent", "") if c.isprintable())
    return Caller(client_address(request), agent[:_SHOWN_AGENT], request.scope["request_id"])


async def account_of(request: Request, token: Annotated[str | None, Depends(bearer)]) -> Account:
    """The account that is signed in.

    A session that has ended is refused at once, however long its last access token would live.
    Raises a 401 problem.
    """
    if token is None:
        raise unauthenticated("Send the access token as: Authorization: Bearer TOKEN.")
    services: Services = services_of(request)
    claims = services.tokens.verify(token)
    names = {"session": claims.session, "user": claims.user}
    row = await services.database.fetch_one(_SESSION, names)
    if row is None:
        raise refused(_ENDED)
    request.scope["user_id"] = str(row["id"])
    return Account(**row)


async def keep_signed_in(connection: Connection, account: Account) -> None:
    """Let the session not end before the transaction does: what ends it then finds its work.

    Raises a 401 problem when the session has ended since the request came in.
    """
    if await fetch_one(connection, _STILL, {"session": account.session}) is None:
        raise refused(_ENDED)


async def account_if_any(
    request: Request, token: Annotated[str | None, Depends(bearer)]
) -> Account | None:
    """As `account_of`, but None for who sends no token."""
    return None if token is None else await account_of(request, token)


TheCaller = Annotated[Caller, Depends(caller_of)]
TheAccount = Annotated[Account, Depends(account_of)]
TheAccountIfAny = Annotated[Account | None, Depends(account_if_any)]
