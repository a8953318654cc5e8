"""Shelves in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME, ID
from app.rooms import access as rooms
from app.rows.columns import assignments
from app.rows.guards import lock_row, require_allowed, require_row, row_parameters, written_row

from . import access
from .schemas import ShelfCreate, ShelfUpdate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT shelves.id, shelves.label, shelves.depth::text AS depth, shelves.kind,
               shelves.room_id, shelves.created_at, shelves.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, shelves.version
    {access.SOURCE}
    WHERE {access.WITHIN} AND shelves.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, shelves.version
    FROM shelves
    WHERE shelves.id = %(id)s
"""

REACHABLE = f"""
    SELECT 1
    {rooms.SOURCE}
    WHERE {rooms.WITHIN} AND rooms.id = %(room_id)s AND {rooms.READABLE}
"""

# What clients may send, and its columns.
COLUMNS = {"label": "label", "depth": "depth", "kind": "kind"}

LOCK_PARENT = f"""
    SELECT true AS allowed
    {rooms.SOURCE}
    WHERE {rooms.WITHIN} AND rooms.id = %(room_id)s AND {rooms.READABLE}
    FOR NO KEY UPDATE OF rooms
"""

MAY_CREATE = f"""
    SELECT {access.CREATABLE}
    FROM (SELECT %(row.room_id)s::uuid AS room_id) AS shelves JOIN rooms ON rooms.id = shelves.room_id JOIN branches ON branches.id = rooms.branch_id
"""

INSERT = """
    INSERT INTO shelves (room_id, label, depth, kind)
    VALUES (%(room_id)s, %(label)s, %(depth)s, %(kind)s)
    RETURNING id
"""

LOCK_FOR_UPDATE = f"""
    SELECT shelves.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE {access.WITHIN} AND shelves.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF shelves
"""

LOCK_FOR_DELETE = f"""
    SELECT shelves.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE {access.WITHIN} AND shelves.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF shelves
"""

DELETE = "DELETE FROM shelves WHERE id = %(id)s"

LIST = ListQuery(
    fields={
        "room_id": ListField("shelves.room_id", ID, filter=True),
        "created_at": ListField("shelves.created_at", DATETIME, sort=True),
        "updated_at": ListField("shelves.updated_at", DATETIME, sort=True),
    },
    key="shelves.id",
    default_sort="created_at",
)


async def list_page(
    database: Database, actor: Actor, branch_key: UUID, room_key: UUID, page: Page
) -> str:
    """A page of the shelves that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=f"{access.WITHIN} AND {access.LISTED}",
        parameters={**actor.parameters, "branch_id": branch_key, "room_id": room_key},
    )


async def require_reachable(
    where: Database | Connection, actor: Actor, branch_key: UUID, room_key: UUID
) -> None:
    """Raises a 404 problem unless the room of the path is there for the actor."""
    await require_row(
        where, REACHABLE, {**actor.parameters, "branch_id": branch_key, "room_id": room_key}
    )


async def read(
    database: Database, actor: Actor, branch_key: UUID, room_key: UUID, shelf_key: UUID
) -> Document:
    """The shelf. Raises a 404 problem unless the actor may read it."""
    return Document(
        *await require_row(
            database,
            READ,
            {**actor.parameters, "branch_id": branch_key, "room_id": room_key, "id": shelf_key},
        ),
    )


async def require_readable(
    database: Database, actor: Actor, branch_key: UUID, room_key: UUID, shelf_key: UUID
) -> None:
    """Raises a 404 problem unless the actor may read the shelf."""
    await require_row(
        database,
        READ,
        {**actor.parameters, "branch_id": branch_key, "room_id": room_key, "id": shelf_key},
    )


async def lock_parent(
    connection: Connection, actor: Actor, branch_key: UUID, room_key: UUID
) -> None:
    """Lock the room for a new shelf.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    await lock_row(
        connection, LOCK_PARENT, {**actor.parameters, "branch_id": branch_key, "room_id": room_key}
    )


async def create(
    connection: Connection, actor: Actor, branch_key: UUID, room_key: UUID, new: ShelfCreate
) -> tuple[UUID, Document]:
    """Insert a shelf; returns its id and document."""
    row: dict[str, Any] = {"room_id": room_key, **new.values(COLUMNS)}
    names = row_parameters(row, {**actor.parameters, "branch_id": branch_key, "room_id": room_key})
    await require_allowed(connection, MAY_CREATE, names)
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def lock_for_update(
    connection: Connection, actor: Actor, branch_key: UUID, room_key: UUID, shelf_key: UUID
) -> int:
    """Lock the shelf for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(
        connection,
        LOCK_FOR_UPDATE,
        {**actor.parameters, "branch_id": branch_key, "room_id": room_key, "id": shelf_key},
    )
    return int(row[0])


async def update(
    connection: Connection,
    actor: Actor,
    branch_key: UUID,
    room_key: UUID,
    shelf_key: UUID,
    changes: ShelfUpdate,
) -> Document:
    """Write the given fields of a locked shelf; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        sql = f"UPDATE shelves SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": shelf_key})
    return await reload(connection, actor, shelf_key)


async def lock_for_delete(
    connection: Connection, actor: Actor, branch_key: UUID, room_key: UUID, shelf_key: UUID
) -> int:
    """Lock the shelf for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(
        connection,
        LOCK_FOR_DELETE,
        {**actor.parameters, "branch_id": branch_key, "room_id": room_key, "id": shelf_key},
    )
    return int(row[0])


async def delete(connection: Connection, shelf_key: UUID) -> None:
    """Delete a locked shelf."""
    await execute(connection, DELETE, {"id": shelf_key})


async def reload(connection: Connection, actor: Actor, shelf_key: UUID) -> Document:
    """The document of a shelf that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": shelf_key}))
