"""Memberships in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.communities import access as communities
from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME, ID
from app.rows.columns import assignments
from app.rows.guards import (
    lock_row,
    require_references,
    require_row,
    require_sendable,
    row_parameters,
    written_row,
)

from . import access
from .schemas import MembershipCreate, MembershipUpdate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT memberships.id, memberships.role, memberships.community_id,
               memberships.user_id, memberships.created_at, memberships.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, memberships.version
    {access.SOURCE}
    WHERE memberships.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, memberships.version
    FROM memberships
    WHERE memberships.id = %(id)s
"""

# What clients may send, and its columns.
COLUMNS = {"role": "role", "community_id": "community_id"}

REFERABLE_COMMUNITY = f"""
    SELECT 1
    {communities.SOURCE}
    WHERE communities.id = %(row.community_id)s
      AND {communities.READABLE}
    FOR KEY SHARE OF communities
"""

# Each finds the row that a reference leads to, if the actor may refer to it.
REFERENCES = {"community_id": REFERABLE_COMMUNITY}

MAY_SEND_NEW = """
    SELECT (SELECT communities.creator_id FROM communities WHERE communities.id = memberships.community_id) = %(actor)s AS role
    FROM (SELECT %(row.community_id)s::uuid AS community_id) AS memberships
"""

INSERT = """
    INSERT INTO memberships (user_id, role, community_id)
    VALUES (%(user_id)s, %(role)s, %(community_id)s)
    RETURNING id
"""

LOCK_FOR_UPDATE = f"""
    SELECT memberships.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE memberships.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF memberships
"""

MAY_SEND = """
    SELECT (SELECT communities.creator_id FROM communities WHERE communities.id = memberships.community_id) = %(actor)s AS role
    FROM memberships
    WHERE memberships.id = %(id)s
"""

LOCK_FOR_DELETE = f"""
    SELECT memberships.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE memberships.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF memberships
"""

DELETE = "DELETE FROM memberships WHERE id = %(id)s"

LIST = ListQuery(
    fields={
        "community_id": ListField("memberships.community_id", ID, filter=True),
        "user_id": ListField("memberships.user_id", ID, filter=True),
        "created_at": ListField("memberships.created_at", DATETIME, sort=True),
        "updated_at": ListField("memberships.updated_at", DATETIME, sort=True),
    },
    key="memberships.id",
    default_sort="-created_at",
)


async def list_page(database: Database, actor: Actor, page: Page) -> str:
    """A page of the memberships that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=access.LISTED,
        parameters=actor.parameters,
    )


async def read(database: Database, actor: Actor, membership_key: UUID) -> Document:
    """The membership. Raises a 404 problem unless the actor may read it."""
    return Document(*await require_row(database, READ, {**actor.parameters, "id": membership_key}))


async def create(
    connection: Connection, actor: Actor, new: MembershipCreate
) -> tuple[UUID, Document]:
    """Insert a membership; returns its id and document."""
    row: dict[str, Any] = {"user_id": actor.id, **new.values(COLUMNS)}
    names = row_parameters(row, actor.parameters)
    await require_references(connection, REFERENCES, names, REFERENCES)
    await require_sendable(connection, MAY_SEND_NEW, names, new.model_fields_set)
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def lock_for_update(connection: Connection, actor: Actor, membership_key: UUID) -> int:
    """Lock the membership for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_UPDATE, {**actor.parameters, "id": membership_key})
    return int(row[0])


async def update(
    connection: Connection, actor: Actor, membership_key: UUID, changes: MembershipUpdate
) -> Document:
    """Write the given fields of a locked membership; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        await require_sendable(
            connection, MAY_SEND, {**actor.parameters, "id": membership_key}, values
        )
        sql = f"UPDATE memberships SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": membership_key})
    return await reload(connection, actor, membership_key)


async def lock_for_delete(connection: Connection, actor: Actor, membership_key: UUID) -> int:
    """Lock the membership for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_DELETE, {**actor.parameters, "id": membership_key})
    return int(row[0])


async def delete(connection: Connection, membership_key: UUID) -> None:
    """Delete a locked membership."""
    await execute(connection, DELETE, {"id": membership_key})


async def reload(connection: Connection, actor: Actor, membership_key: UUID) -> Document:
    """The document of a membership that this transaction has written."""
    return Document(
        *await written_row(connection, RELOAD, {**actor.parameters, "id": membership_key})
    )
