"""Sessions in the database: one a device, kept alive by refresh tokens that are good for one use.

A refresh token is 256 bits; only its digest is stored. Using one spends it and gives the next, its
successor. A spent token that comes again was copied by somebody, so its session ends for everybody
who holds one of its tokens. There is one honest reason to come again: the answer with the successor
was lost. For `GRACE`, and as long as nobody has used the successor, it is given once more; it is
made from the spent token and a key of the session, so it need not be stored either.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from cloud_api.database.pool import Connection, execute, fetch_all, fetch_one, fetch_row
from cloud_api.features.sessions.models import DeviceRow, Opened, Refusal, Refused

GRACE = timedelta(seconds=30)

_BEGIN = """
    WITH expired AS (
        DELETE FROM sessions
        WHERE id IN (
            SELECT id FROM sessions
            WHERE idle_expires_at <= now()
            LIMIT 10
            FOR UPDATE SKIP LOCKED
        )
    )
    INSERT INTO sessions (user_id, device, address, chain_key, idle_expires_at, expires_at)
    VALUES (%(user)s, %(device)s, %(address)s, %(chain_key)s,
            now() + least(%(idle)s, %(absolute)s), now() + %(absolute)s)
    RETURNING id
"""
_ADD_TO_FAMILY = """
    INSERT INTO refresh_tokens (digest, session_id) VALUES (%(digest)s, %(session)s)
"""

# The lock on the session lines up all uses of its tokens: none slips past a revocation.
_LOCK = """
    SELECT id, user_id, chain_key, idle_expires_at <= now() OR expires_at <= now() AS expired
    FROM sessions
    WHERE id = (SELECT session_id FROM refresh_tokens WHERE digest = %(digest)s)
    FOR UPDATE
"""
_STATE = """
    SELECT
        t.used_at IS NOT NULL AS used,
        t.used_at > clock_timestamp() - %(grace)s AND next.used_at IS NULL AS reply_lost
    FROM refresh_tokens AS t LEFT JOIN refresh_tokens AS next ON next.digest = t.successor
    WHERE t.digest = %(digest)s
"""
_SPEND = """
    UPDATE refresh_tokens SET used_at = clock_timestamp(), successor = %(successor)s
    WHERE digest = %(digest)s
"""
_PROLONG = """
    UPDATE sessions
    SET last_used_at = now(), address = %(address)s,
        idle_expires_at = least(now() + %(idle)s, expires_at)
    WHERE id = %(session)s
"""
# Older tokens could not be told from unknown ones: their session would have ended by idleness.
_DROP_OLD_TOKENS = """
    DELETE FROM refresh_tokens
    WHERE session_id = %(session)s AND used_at < now() - %(idle)s
"""
_END = "DELETE FROM sessions WHERE id = %(session)s"
_END_OWN = "DELETE FROM sessions WHERE id = %(session)s AND user_id = %(user)s"
_END_FAMILY = """
    DELETE FROM sessions
    WHERE id = (SELECT session_id FROM refresh_tokens WHERE digest = %(digest)s)
    RETURNING user_id
"""
_END_ALL = "DELETE FROM sessions WHERE user_id = %(user)s AND id IS DISTINCT FROM %(but)s"
_LIST = """
    SELECT id, device, address, created_at, last_used_at, idle_expires_at AS expires_at
    FROM sessions
    WHERE user_id = %(user)s AND idle_expires_at > now()
    ORDER BY last_used_at DESC, id
"""


async def begin(
    connection: Connection,
    user: UUID,
    *,
    device: str,
    address: str,
    idle: timedelta,
    absolute: timedelta,
) -> Opened:
    """A new session for somebody who has just proved who they are."""
    names = {
        "user": user,
        "device": device,
        "address": address,
        "chain_key": secrets.token_bytes(32),
        "idle": idle,
        "absolute": absolute,
    }
    row = await fetch_row(connection, _BEGIN, names)
    token = secrets.token_urlsafe(32)
    await execute(connection, _ADD_TO_FAMILY, {"digest": _digest(token), "session": row["id"]})
    return Opened(row["id"], user, token)


async def renew(
    connection: Connection, token: str, *, address: str, idle: timedelta
) -> Opened | Refused:
    """Spend a refresh token for its successor.

    Refusing may end the session, so the caller must commit before it answers.
    """
    digest = _digest(token)
    session = await fetch_one(connection, _LOCK, {"digest": digest})
    state = await fetch_one(connection, _STATE, {"digest": digest, "grace": GRACE})
    if session is None or state is None:
        return Refused(Refusal.UNKNOWN)
    user, session_id = session["user_id"], session["id"]
    if session["expired"] or (state["used"] and not state["reply_lost"]):
        reason = Refusal.EXPIRED if session["expired"] else Refusal.REUSED
        await execute(connection, _END, {"session": session_id})
        return Refused(reason, user, session_id)
    successor = _successor(session["chain_key"], token)
    if not state["used"]:
        names: dict[str, Any] = {"session": session_id, "digest": _digest(successor)}
        await execute(connection, _ADD_TO_FAMILY, names)
        await execute(connection, _SPEND, {"digest": digest, "successor": _digest(successor)})
        await execute(connection, _DROP_OLD_TOKENS, {"session": session_id, "idle": idle})
    await execute(connection, _PROLONG, {"session": session_id, "idle": idle, "address": address})
    return Opened(session_id, user, successor)


async def end_by_token(connection: Connection, token: str) -> UUID | None:
    """End the session of a refresh token, spent or not; returns the account, if there was one."""
    row = await fetch_one(connection, _END_FAMILY, {"digest": _digest(token)})
    return None if row is None else row["user_id"]


async def end_own(connection: Connection, user: UUID, session: UUID) -> bool:
    """End one session of an account; whether there was one."""
    return await execute(connection, _END_OWN, {"user": user, "session": session}) == 1


async def end_all(connection: Connection, user: UUID, *, but: UUID | None = None) -> int:
    """End all sessions of an account but one; returns how many."""
    return await execute(connection, _END_ALL, {"user": user, "but": but})


async def list_all(connection: Connection, user: UUID) -> list[DeviceRow]:
    """The devices that are signed in, the one used last first."""
    return [DeviceRow(**row) for row in await fetch_all(connection, _LIST, {"user": user})]


def _successor(chain_key: bytes, token: str) -> str:
    """The token that follows: 256 bits that only who has both the token and the key can make."""
    made = hmac.digest(chain_key, token.encode("utf-8", "surrogatepass"), "sha256")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def _digest(token: str) -> bytes:
    """A fast hash is enough: nobody can guess 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
