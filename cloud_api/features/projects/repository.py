"""Statements about projects."""

from __future__ import annotations

from uuid import UUID

from cloud_api.database.pool import Connection, execute, fetch_all, fetch_one
from cloud_api.features.projects.models import ProjectRow
from local_engine.contracts.projects import Role

_COLUMNS = """
    p.id, p.name, p.created_at, p.updated_at,
    (
        SELECT v.digest FROM blueprint_versions AS v
        WHERE v.project_id = p.id
        ORDER BY v.number DESC
        LIMIT 1
    ) AS latest
"""
_INSERT = """
    INSERT INTO projects (id, owner_id, name)
    VALUES (coalesce(%(id)s, uuidv7()), %(user)s, %(name)s)
    ON CONFLICT (id) DO NOTHING
    RETURNING id
"""
_ROLE = "SELECT project_role(%(project)s, %(user)s) AS role"
_READ = f"""
    SELECT {_COLUMNS}, project_role(p.id, %(user)s) AS role
    FROM projects AS p
    WHERE p.id = %(project)s
"""
_LIST = f"""
    WITH mine AS (
        SELECT id FROM projects WHERE owner_id = %(user)s
        UNION
        SELECT s.project_id FROM shares AS s JOIN users AS u ON u.email = s.email
        WHERE u.id = %(user)s
        UNION
        SELECT s.project_id FROM share_acceptances AS a JOIN shares AS s ON s.id = a.share_id
        WHERE a.user_id = %(user)s
    ), seen AS (
        SELECT {_COLUMNS}, project_role(p.id, %(user)s) AS role
        FROM mine JOIN projects AS p ON p.id = mine.id
        WHERE %(before)s::uuid IS NULL OR p.id < %(before)s
    )
    SELECT * FROM seen WHERE role IS NOT NULL ORDER BY id DESC LIMIT %(limit)s
"""
_RENAME = "UPDATE projects SET name = %(name)s, updated_at = now() WHERE id = %(project)s"
_TOUCH = "UPDATE projects SET updated_at = now() WHERE id = %(project)s"
_DELETE = "DELETE FROM projects WHERE id = %(project)s"


async def insert(connection: Connection, user: UUID, name: str, wanted: UUID | None) -> UUID | None:
    """A new project; None when there is one with the wanted id."""
    row = await fetch_one(connection, _INSERT, {"id": wanted, "user": user, "name": name})
    return None if row is None else row["id"]


async def role_of(connection: Connection, project: UUID, user: UUID) -> Role | None:
    """What an account may do with a project; None for nothing, or no such project."""
    row = await fetch_one(connection, _ROLE, {"project": project, "user": user})
    return None if row is None else row["role"]


async def read(connection: Connection, project: UUID, user: UUID) -> ProjectRow | None:
    """A project that the account may see."""
    row = await fetch_one(connection, _READ, {"project": project, "user": user})
    return None if row is None or row["role"] is None else ProjectRow(**row)


async def list_seen(
    connection: Connection, user: UUID, before: UUID | None, limit: int
) -> list[ProjectRow]:
    """The projects that the account may see, the newest first."""
    names = {"user": user, "before": before, "limit": limit}
    return [ProjectRow(**row) for row in await fetch_all(connection, _LIST, names)]


async def rename(connection: Connection, project: UUID, name: str) -> None:
    """Give a project another name."""
    await execute(connection, _RENAME, {"project": project, "name": name})


async def touch(connection: Connection, project: UUID) -> None:
    """Remember that something was pushed."""
    await execute(connection, _TOUCH, {"project": project})


async def delete(connection: Connection, project: UUID) -> None:
    """Remove a project with its versions, results and shares."""
    await execute(connection, _DELETE, {"project": project})
