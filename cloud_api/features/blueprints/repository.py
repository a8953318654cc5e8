"""Statements about Blueprint versions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from cloud_api.database.pool import Connection, execute, fetch_all, fetch_one
from cloud_api.features.blueprints.models import VersionRow

_COLUMNS = """
    id, digest, parent, title, origin, created_by IS NOT DISTINCT FROM %(user)s AS mine, created_at
"""
_KEEP_TEXT = """
    INSERT INTO blueprint_texts (project_id, digest, text)
    VALUES (%(project)s, %(digest)s, %(text)s)
    ON CONFLICT DO NOTHING
"""
_HAS_TEXT = "SELECT FROM blueprint_texts WHERE project_id = %(project)s AND digest = %(digest)s"
# The update changes nothing; it makes the row that is there already come back, if it says the same.
_INSERT = f"""
    INSERT INTO blueprint_versions AS v (project_id, id, digest, parent, title, origin, created_by)
    VALUES (%(project)s, %(id)s, %(digest)s, %(parent)s, %(title)s, %(origin)s, %(user)s)
    ON CONFLICT (project_id, id) DO UPDATE SET title = v.title
    WHERE (v.digest, v.title, v.origin) = (excluded.digest, excluded.title, excluded.origin)
      AND v.parent IS NOT DISTINCT FROM excluded.parent
    RETURNING {_COLUMNS}
"""
_LIST = f"""
    SELECT {_COLUMNS} FROM blueprint_versions
    WHERE project_id = %(project)s AND (
        %(before)s::uuid IS NULL
        OR number < (
            SELECT number FROM blueprint_versions
            WHERE project_id = %(project)s AND id = %(before)s
        )
    )
    ORDER BY number DESC
    LIMIT %(limit)s
"""
_TEXT = "SELECT text FROM blueprint_texts WHERE project_id = %(project)s AND digest = %(digest)s"


async def keep_text(connection: Connection, project: UUID, digest: bytes, text: str) -> None:
    """Keep a text, unless the project has it."""
    names = {"project": project, "digest": digest, "text": text}
    await execute(connection, _KEEP_TEXT, names)


async def has_text(connection: Connection, project: UUID, digest: bytes) -> bool:
    """Whether the project has a text with this digest."""
    names = {"project": project, "digest": digest}
    return await fetch_one(connection, _HAS_TEXT, names) is not None


async def insert(
    connection: Connection,
    project: UUID,
    user: UUID,
    *,
    version: UUID,
    digest: bytes,
    parent: bytes | None,
    title: str,
    origin: dict[str, Any],
) -> VersionRow | None:
    """A version; the one that is there, if it was pushed before.

    None when its id is another version's.
    """
    names = {
        "project": project,
        "user": user,
        "id": version,
        "digest": digest,
        "parent": parent,
        "title": title,
        "origin": Jsonb(origin),
    }
    row = await fetch_one(connection, _INSERT, names)
    return None if row is None else VersionRow(**row)


async def list_all(
    connection: Connection, project: UUID, user: UUID, before: UUID | None, limit: int
) -> list[VersionRow]:
    """The versions of a project, the newest first."""
    names = {"project": project, "user": user, "before": before, "limit": limit}
    return [VersionRow(**row) for row in await fetch_all(connection, _LIST, names)]


async def text_of(connection: Connection, project: UUID, digest: bytes) -> str | None:
    """The text behind a digest."""
    row = await fetch_one(connection, _TEXT, {"project": project, "digest": digest})
    return None if row is None else row["text"]
