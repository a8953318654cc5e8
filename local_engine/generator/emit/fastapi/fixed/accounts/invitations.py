"""Invitations: a token that lets one e-mail address join."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ..core.db import Connection, Database, fetch_one, fetch_row
from ..core.problem import FieldError, Problem, invalid

LIFE = timedelta(days=7)

_INSERT = """
    WITH expired AS (
        DELETE FROM auth_invitations
        WHERE digest IN (
            SELECT digest FROM auth_invitations
            WHERE expires_at <= now()
            LIMIT 10
            FOR UPDATE SKIP LOCKED
        )
    )
    INSERT INTO auth_invitations (digest, email, invited_by, expires_at)
    VALUES (%(digest)s, %(email)s, %(by)s, now() + %(life)s)
    RETURNING expires_at
"""

_GOOD = "digest = %(digest)s AND email = %(email)s AND expires_at > now()"
_CHECK = f"SELECT FROM auth_invitations WHERE {_GOOD}"
_REDEEM = f"DELETE FROM auth_invitations WHERE {_GOOD} RETURNING digest"


async def invite(connection: Connection, email: str, by: UUID) -> tuple[str, datetime]:
    """A new invitation: its token, which is not stored, and when it ends."""
    token = secrets.token_urlsafe(32)
    names = {"digest": _digest(token), "email": email.lower(), "by": by, "life": LIFE}
    row = await fetch_row(connection, _INSERT, names)
    return token, row[0]


async def check(database: Database, token: str, email: str) -> None:
    """Raises a 422 problem unless the invitation is good for this e-mail address."""
    if await database.fetch_one(_CHECK, _names(token, email)) is None:
        raise _not_good()


async def redeem(connection: Connection, token: str, email: str) -> None:
    """Use an invitation up. Raises a 422 problem unless it is good for this e-mail address."""
    if await fetch_one(connection, _REDEEM, _names(token, email)) is None:
        raise _not_good()


def _names(token: str, email: str) -> dict[str, Any]:
    return {"digest": _digest(token), "email": email.lower()}


def _not_good() -> Problem:
    message = "This invitation is not valid for this e-mail address."
    return invalid([FieldError("/invitation", "invalid", message)])


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
