"""Statements about shares. Of a link's token, only the digest is stored."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import UUID

from cloud_api.database.pool import Connection, execute, fetch_all, fetch_one, fetch_row
from cloud_api.features.shares.models import ShareRow
from local_engine.contracts.projects import GivenRole

_COLUMNS = """
    s.id, s.role, s.email, s.created_at, s.expires_at,
    (SELECT count(*) FROM share_acceptances AS a WHERE a.share_id = s.id) AS accepted
"""
_PUT = f"""
    INSERT INTO shares AS s (project_id, role, email, link_digest, expires_at)
    VALUES (%(project)s, %(role)s, %(email)s, %(digest)s, now() + %(life)s)
    ON CONFLICT (project_id, email) DO UPDATE
    SET role = excluded.role, expires_at = excluded.expires_at
    RETURNING {_COLUMNS}
"""
_LIST = f"SELECT {_COLUMNS} FROM shares AS s WHERE project_id = %(project)s ORDER BY id"
_DELETE = "DELETE FROM shares WHERE id = %(share)s AND project_id = %(project)s"
_ACCEPT = """
    WITH link AS (
        SELECT s.id, s.project_id FROM shares AS s
        WHERE s.link_digest = %(digest)s AND (s.expires_at IS NULL OR s.expires_at > now())
    ), accepted AS (
        INSERT INTO share_acceptances (share_id, user_id)
        SELECT link.id, %(user)s
        FROM link JOIN projects AS p ON p.id = link.project_id
        WHERE p.owner_id <> %(user)s
        ON CONFLICT DO NOTHING
    )
    SELECT project_id FROM link
"""
_LEAVE_LINKS = """
    DELETE FROM share_acceptances AS a USING shares AS s
    WHERE s.id = a.share_id AND s.project_id = %(project)s AND a.user_id = %(user)s
"""
_LEAVE_EMAIL = """
    DELETE FROM shares AS s USING users AS u
    WHERE s.project_id = %(project)s AND u.id = %(user)s AND s.email = u.email
      AND u.email_verified_at IS NOT NULL
"""


async def put(
    connection: Connection,
    project: UUID,
    role: GivenRole,
    *,
    email: str | None,
    token: str | None,
    life: timedelta | None,
) -> ShareRow:
    """A share for an address (in place of an earlier one for it), or for a link's token."""
    names = {
        "project": project,
        "role": role,
        "email": email,
        "digest": _digest(token) if token is not None else None,
        "life": life,
    }
    return ShareRow(**await fetch_row(connection, _PUT, names))


async def list_all(connection: Connection, project: UUID) -> list[ShareRow]:
    """All shares of a project."""
    return [ShareRow(**row) for row in await fetch_all(connection, _LIST, {"project": project})]


async def delete(connection: Connection, project: UUID, share: UUID) -> bool:
    """Take a share back; whether there was one."""
    return await execute(connection, _DELETE, {"project": project, "share": share}) == 1


async def accept(connection: Connection, user: UUID, token: str) -> UUID | None:
    """Let an account in by a link; the project, or None for a token that is not good."""
    row = await fetch_one(connection, _ACCEPT, {"user": user, "digest": _digest(token)})
    return None if row is None else row["project_id"]


async def leave(connection: Connection, project: UUID, user: UUID) -> None:
    """Give up what was shared with an account."""
    names = {"project": project, "user": user}
    await execute(connection, _LEAVE_LINKS, names)
    await execute(connection, _LEAVE_EMAIL, names)


def _digest(token: str) -> bytes:
    """A fast hash is enough: nobody can guess 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
