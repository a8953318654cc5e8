"""Communities in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME, ID
from app.rows.columns import assignments
from app.rows.guards import lock_row, require_row, written_row

from . import access
from .schemas import CommunityCreate, CommunityUpdate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT communities.id, communities.name, communities.description,
               communities.closed, communities.creator_id, communities.created_at,
               communities.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, communities.version
    {access.SOURCE}
    WHERE communities.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, communities.version
    FROM communities
    WHERE communities.id = %(id)s
"""

# What clients may send, and its columns.
COLUMNS = {"name": "name", "description": "description", "closed": "closed"}

INSERT = """
    INSERT INTO communities (creator_id, name, description, closed)
    VALUES (%(creator_id)s, %(name)s, %(description)s, %(closed)s)
    RETURNING id
"""

LOCK_FOR_UPDATE = f"""
    SELECT communities.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE communities.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF communities
"""

LOCK_FOR_DELETE = f"""
    SELECT communities.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE communities.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF communities
"""

DELETE = "DELETE FROM communities WHERE id = %(id)s"

LIST = ListQuery(
    fields={
        "creator_id": ListField("communities.creator_id", ID, filter=True),
        "created_at": ListField("communities.created_at", DATETIME, sort=True),
        "updated_at": ListField("communities.updated_at", DATETIME, sort=True),
    },
    key="communities.id",
    default_sort="-created_at",
)


async def list_page(database: Database, actor: Actor, page: Page) -> str:
    """A page of the communities that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=access.LISTED,
        parameters=actor.parameters,
    )


async def read(database: Database, actor: Actor, community_key: UUID) -> Document:
    """The community. Raises a 404 problem unless the actor may read it."""
    return Document(*await require_row(database, READ, {**actor.parameters, "id": community_key}))


async def create(
    connection: Connection, actor: Actor, new: CommunityCreate
) -> tuple[UUID, Document]:
    """Insert a community; returns its id and document."""
    row: dict[str, Any] = {"creator_id": actor.id, **new.values(COLUMNS)}
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def lock_for_update(connection: Connection, actor: Actor, community_key: UUID) -> int:
    """Lock the community for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_UPDATE, {**actor.parameters, "id": community_key})
    return int(row[0])


async def update(
    connection: Connection, actor: Actor, community_key: UUID, changes: CommunityUpdate
) -> Document:
    """Write the given fields of a locked community; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        sql = f"UPDATE communities SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": community_key})
    return await reload(connection, actor, community_key)


async def lock_for_delete(connection: Connection, actor: Actor, community_key: UUID) -> int:
    """Lock the community for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_DELETE, {**actor.parameters, "id": community_key})
    return int(row[0])


async def delete(connection: Connection, community_key: UUID) -> None:
    """Delete a locked community."""
    await execute(connection, DELETE, {"id": community_key})


async def reload(connection: Connection, actor: Actor, community_key: UUID) -> Document:
    """The document of a community that this transaction has written."""
    return Document(
        *await written_row(connection, RELOAD, {**actor.parameters, "id": community_key})
    )
