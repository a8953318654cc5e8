"""Statements about accounts and mailed codes."""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from cloud_api.database.pool import (
    Connection,
    Database,
    Row,
    execute,
    fetch_all,
    fetch_one,
)
from cloud_api.features.accounts.models import Credentials, Purpose

_CREDENTIALS = """
    SELECT id, email, password_hash, email_verified_at IS NOT NULL AS verified FROM users
"""
_INSERT = """
    INSERT INTO users (email, password_hash) VALUES (%(email)s, %(hash)s)
    ON CONFLICT (email) DO NOTHING
    RETURNING id
"""
_SET_PASSWORD = "UPDATE users SET password_hash = %(hash)s WHERE id = %(id)s"  # noqa: S105
_LOCK = "SELECT password_hash FROM users WHERE id = %(id)s FOR NO KEY UPDATE"
_VERIFY = """
    UPDATE users SET email_verified_at = coalesce(email_verified_at, now()) WHERE id = %(id)s
"""
_IS_VERIFIED = "SELECT email_verified_at IS NOT NULL AS verified FROM users WHERE id = %(id)s"
_DELETE_KEYS = "DELETE FROM llm_keys WHERE user_id = %(id)s"
_DELETE_SHARES = """
    DELETE FROM shares AS s USING projects AS p WHERE p.id = s.project_id AND p.owner_id = %(id)s
"""
_DELETE = "DELETE FROM users WHERE id = %(id)s"
_ADD_CODE = """
    WITH expired AS (
        DELETE FROM mail_codes
        WHERE digest IN (
            SELECT digest FROM mail_codes
            WHERE expires_at <= now()
            LIMIT 10
            FOR UPDATE SKIP LOCKED
        )
    ), replaced AS (
        DELETE FROM mail_codes
        WHERE user_id = %(user)s AND purpose = %(purpose)s AND expires_at > now()
    )
    INSERT INTO mail_codes (digest, user_id, purpose, expires_at)
    VALUES (%(digest)s, %(user)s, %(purpose)s, now() + %(life)s)
"""
_CODE_OWNER = f"""
    {_CREDENTIALS}
    WHERE id = (
        SELECT user_id FROM mail_codes
        WHERE digest = %(digest)s AND purpose = %(purpose)s AND expires_at > now()
    )
"""
_SPEND_CODE = """
    DELETE FROM mail_codes
    WHERE digest = %(digest)s AND purpose = %(purpose)s
    RETURNING user_id, expires_at > now() AS good
"""
_EVENTS = """
    SELECT at, kind, address, request_id, details
    FROM audit_events
    WHERE user_id = %(id)s
    ORDER BY id DESC
    LIMIT 1000
"""


async def find_by_email(database: Database, email: str) -> Credentials | None:
    """The account with this e-mail address, whatever the case of its letters."""
    sql = f"{_CREDENTIALS} WHERE email = %(email)s"
    row = await database.fetch_one(sql, {"email": email.lower()})
    return None if row is None else Credentials(**row)


async def find_by_id(database: Database, user: UUID) -> Credentials | None:
    """The account with this id."""
    row = await database.fetch_one(f"{_CREDENTIALS} WHERE id = %(id)s", {"id": user})
    return None if row is None else Credentials(**row)


async def insert(connection: Connection, email: str, password_hash: str) -> UUID | None:
    """A new account; None when the address has one already."""
    row = await fetch_one(connection, _INSERT, {"email": email, "hash": password_hash})
    return None if row is None else row["id"]


async def set_password(connection: Connection, user: UUID, password_hash: str) -> None:
    """Replace a password."""
    await execute(connection, _SET_PASSWORD, {"id": user, "hash": password_hash})


async def lock(connection: Connection, user: UUID) -> str | None:
    """Line up with whatever else signs in or sets a password; the hash of the present one."""
    row = await fetch_one(connection, _LOCK, {"id": user})
    return None if row is None else row["password_hash"]


async def mark_verified(connection: Connection, user: UUID) -> None:
    """Remember that the address takes mail, and that its owner has the account."""
    await execute(connection, _VERIFY, {"id": user})


async def is_verified(connection: Connection, user: UUID) -> bool:
    """Whether the account's address was shown to be its owner's."""
    row = await fetch_one(connection, _IS_VERIFIED, {"id": user})
    return row is not None and row["verified"]


async def take_back(connection: Connection, user: UUID) -> tuple[int, int]:
    """Remove an account's keys of providers, and who was let in; how many keys, how many shares."""
    names = {"id": user}
    keys = await execute(connection, _DELETE_KEYS, names)
    return keys, await execute(connection, _DELETE_SHARES, names)


async def delete(connection: Connection, user: UUID) -> None:
    """Remove an account with all that belongs to it."""
    await execute(connection, _DELETE, {"id": user})


async def add_code(connection: Connection, user: UUID, purpose: Purpose) -> str:
    """A new code for a mail, in place of an earlier one; only its digest is stored."""
    code = secrets.token_urlsafe(32)
    names = {"digest": _digest(code), "user": user, "purpose": purpose, "life": purpose.life}
    await execute(connection, _ADD_CODE, names)
    return code


async def owner_of_code(database: Database, code: str, purpose: Purpose) -> Credentials | None:
    """The account of a code, which is not spent by this; None for one that is not good."""
    row = await database.fetch_one(_CODE_OWNER, {"digest": _digest(code), "purpose": purpose})
    return None if row is None else Credentials(**row)


async def spend_code(connection: Connection, code: str, purpose: Purpose) -> UUID | None:
    """The account of a code, which is good once; None for one that is not good."""
    names = {"digest": _digest(code), "purpose": purpose}
    row = await fetch_one(connection, _SPEND_CODE, names)
    return row["user_id"] if row is not None and row["good"] else None


async def security_events(connection: Connection, user: UUID) -> list[Row]:
    """What the audit log says about an account, the newest first."""
    return await fetch_all(connection, _EVENTS, {"id": user})


def _digest(code: str) -> bytes:
    """A fast hash is enough: nobody can guess 256 random bits."""
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).digest()
