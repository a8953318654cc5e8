"""Sessions: one a sign-in, kept alive by refresh tokens that are good for one use each.

A refresh token is 256 random bits; only its digest is stored. Using one spends it and gives the
next. A spent token that comes again was copied by somebody, so its session ends for everybody who
holds one of its tokens; that is committed before the refusal is sent.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from ..core.db import Connection, execute, fetch_one, fetch_row

_BEGIN = """
    WITH expired AS (
        DELETE FROM auth_sessions
        WHERE id IN (
            SELECT id FROM auth_sessions
            WHERE expires_at <= now()
            LIMIT 10
            FOR UPDATE SKIP LOCKED
        )
    )
    INSERT INTO auth_sessions (user_id, expires_at)
    VALUES (%(user)s, now() + %(life)s)
    RETURNING id
"""

_INSERT = """
    INSERT INTO auth_refresh_tokens (digest, session_id, expires_at)
    VALUES (%(digest)s, %(session)s, now() + %(life)s)
"""

# The lock on the session lines up all uses of its tokens: none slips past a revocation.
_LOCK = """
    SELECT s.id, s.user_id, u.roles, u.active
    FROM auth_sessions AS s JOIN users AS u ON u.id = s.user_id
    WHERE s.id = (SELECT session_id FROM auth_refresh_tokens WHERE digest = %(digest)s)
    FOR UPDATE OF s
"""

_STATE = """
    SELECT used_at IS NOT NULL, expires_at <= now()
    FROM auth_refresh_tokens
    WHERE digest = %(digest)s
"""

_SPEND = "UPDATE auth_refresh_tokens SET used_at = now() WHERE digest = %(digest)s"
_PROLONG = "UPDATE auth_sessions SET expires_at = now() + %(life)s WHERE id = %(session)s"
_DROP_EXPIRED_TOKENS = """
    DELETE FROM auth_refresh_tokens WHERE session_id = %(session)s AND expires_at <= now()
"""
_END = "DELETE FROM auth_sessions WHERE id = %(session)s"
_END_BY_DIGEST = """
    DELETE FROM auth_sessions
    WHERE id = (SELECT session_id FROM auth_refresh_tokens WHERE digest = %(digest)s)
"""
_END_OTHERS = """
    DELETE FROM auth_sessions WHERE user_id = %(user)s AND id IS DISTINCT FROM %(session)s
"""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in user: what the next access token is made of, and the next refresh token."""

    id: UUID
    user: UUID
    roles: list[str]
    refresh_token: str


async def begin(connection: Connection, user: UUID, roles: list[str], life: timedelta) -> Session:
    """A new session for a user who has just proved who they are."""
    row = await fetch_row(connection, _BEGIN, {"user": user, "life": life})
    return Session(row[0], user, roles, await _add_token(connection, row[0], life))


async def renew(connection: Connection, refresh_token: str, life: timedelta) -> Session | None:
    """Spend a refresh token for the next one; None when it is not accepted.

    Refusing may end the session, so the caller must commit before it answers.
    """
    digest = {"digest": _digest(refresh_token)}
    row = await fetch_one(connection, _LOCK, digest)
    state = await fetch_one(connection, _STATE, digest) if row is not None else None
    if row is None or state is None:
        return None
    session, user, roles, active = row
    used, expired = state
    if used or not active:
        await execute(connection, _END, {"session": session})
        return None
    if expired:
        return None
    await execute(connection, _SPEND, digest)
    await execute(connection, _DROP_EXPIRED_TOKENS, {"session": session})
    await execute(connection, _PROLONG, {"session": session, "life": life})
    return Session(session, user, roles, await _add_token(connection, session, life))


async def end(connection: Connection, refresh_token: str) -> None:
    """End the session of a refresh token, spent or not; nothing happens if there is none."""
    await execute(connection, _END_BY_DIGEST, {"digest": _digest(refresh_token)})


async def end_others(connection: Connection, user: UUID, session: UUID | None) -> None:
    """End all sessions of a user but this one."""
    await execute(connection, _END_OTHERS, {"user": user, "session": session})


async def _add_token(connection: Connection, session: UUID, life: timedelta) -> str:
    token = secrets.token_urlsafe(32)
    names = {"digest": _digest(token), "session": session, "life": life}
    await execute(connection, _INSERT, names)
    return token


def _digest(token: str) -> bytes:
    """A fast hash is enough: nobody can guess 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
