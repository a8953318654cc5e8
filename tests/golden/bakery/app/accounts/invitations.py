"""Invitations: a token that lets one e-mail address join."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from ..core.db import Connection, fetch_one, fetch_row
from ..core.problem import FieldError, invalid

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

_REDEEM = """
    DELETE FROM auth_invitations
    WHERE digest = %(digest)s AND email = %(email)s AND expires_at > now()
    RETURNING digest
"""


async def invite(connection: Connection, email: str, by: UUID) -> tuple[str, datetime]:
    """A new invitation: its token, which is not stored, and when it ends."""
    token = secrets.token_urlsafe(32)
    names = {"digest": _digest(token), "email": email.lower(), "by": by, "life": LIFE}
    row = await fetch_row(connection, _INSERT, names)
    return token, row[0]


async def redeem(connection: Connection, token: str, email: str) -> None:
    """Use an invitation up. Raises a 422 problem unless it is good for this e-mail address."""
    row = await fetch_one(connection, _REDEEM, {"digest": _digest(token), "email": email.lower()})
    if row is None:
        message = "This invitation is not valid for this e-mail address."
        raise invalid([FieldError("/invitation", "invalid", message)])


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
