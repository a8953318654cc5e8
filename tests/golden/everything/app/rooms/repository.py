"""Rooms in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.branches import access as branches
from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME, ID, INTEGER, one_of
from app.rows.columns import assignments
from app.rows.guards import lock_row, require_row, transaction_time, written_row

from . import access
from .schemas import RoomCreate, RoomUpdate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT rooms.id, rooms.number, rooms.seats, rooms.free_from,
               make_interval(secs => extract(epoch FROM rooms.turn)::double precision)::text AS turn,
               rooms.noise, rooms.open, rooms.branch_id, rooms.created_at,
               rooms.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, rooms.version
    {access.SOURCE}
    WHERE {access.WITHIN} AND rooms.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, rooms.version
    FROM rooms
    WHERE rooms.id = %(id)s
"""

REACHABLE = f"""
    SELECT 1
    {branches.SOURCE}
    WHERE branches.id = %(branch_id)s AND {branches.READABLE}
"""

# What clients may send, and its columns.
COLUMNS = {
    "number": "number",
    "seats": "seats",
    "free_from": "free_from",
    "turn": "turn",
    "noise": "noise",
    "open": "open",
}

LOCK_PARENT = f"""
    SELECT {branches.UPDATABLE} AS allowed
    {branches.SOURCE}
    WHERE branches.id = %(branch_id)s AND {branches.READABLE}
    FOR NO KEY UPDATE OF branches
"""

INSERT = """
    INSERT INTO rooms (branch_id, number, seats, free_from, turn, noise, open)
    VALUES (
        %(branch_id)s, %(number)s, %(seats)s, %(free_from)s, %(turn)s, %(noise)s,
        %(open)s
    )
    RETURNING id
"""

LOCK_FOR_UPDATE = f"""
    SELECT rooms.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE {access.WITHIN} AND rooms.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF rooms
"""

LOCK_FOR_DELETE = f"""
    SELECT rooms.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE {access.WITHIN} AND rooms.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF rooms
"""

DELETE = "DELETE FROM rooms WHERE id = %(id)s"

LIST = ListQuery(
    fields={
        "number": ListField("rooms.number", INTEGER, filter=True, sort=True),
        "noise": ListField("rooms.noise", one_of(["quiet", "loud"]), filter=True),
        "branch_id": ListField("rooms.branch_id", ID, filter=True),
        "created_at": ListField("rooms.created_at", DATETIME, sort=True),
        "updated_at": ListField("rooms.updated_at", DATETIME, sort=True),
    },
    key="rooms.id",
    default_sort="number",
)


async def list_page(database: Database, actor: Actor, branch_key: UUID, page: Page) -> str:
    """A page of the rooms that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=f"{access.WITHIN} AND {access.LISTED}",
        parameters={**actor.parameters, "branch_id": branch_key},
    )


async def require_reachable(where: Database | Connection, actor: Actor, branch_key: UUID) -> None:
    """Raises a 404 problem unless the branch of the path is there for the actor."""
    await require_row(where, REACHABLE, {**actor.parameters, "branch_id": branch_key})


async def read(database: Database, actor: Actor, branch_key: UUID, room_key: UUID) -> Document:
    """The room. Raises a 404 problem unless the actor may read it."""
    return Document(
        *await require_row(
            database, READ, {**actor.parameters, "branch_id": branch_key, "id": room_key}
        ),
    )


async def require_readable(
    database: Database, actor: Actor, branch_key: UUID, room_key: UUID
) -> None:
    """Raises a 404 problem unless the actor may read the room."""
    await require_row(database, READ, {**actor.parameters, "branch_id": branch_key, "id": room_key})


async def lock_parent(connection: Connection, actor: Actor, branch_key: UUID) -> None:
    """Lock the branch for a new room.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    await lock_row(connection, LOCK_PARENT, {**actor.parameters, "branch_id": branch_key})


async def create(
    connection: Connection, actor: Actor, branch_key: UUID, new: RoomCreate
) -> tuple[UUID, Document]:
    """Insert a room; returns its id and document."""
    now = await transaction_time(connection)
    row: dict[str, Any] = {
        "branch_id": branch_key,
        **new.values(COLUMNS),
        "free_from": new.free_from if "free_from" in new.model_fields_set else now,
    }
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def lock_for_update(
    connection: Connection, actor: Actor, branch_key: UUID, room_key: UUID
) -> int:
    """Lock the room for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(
        connection, LOCK_FOR_UPDATE, {**actor.parameters, "branch_id": branch_key, "id": room_key}
    )
    return int(row[0])


async def update(
    connection: Connection, actor: Actor, branch_key: UUID, room_key: UUID, changes: RoomUpdate
) -> Document:
    """Write the given fields of a locked room; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        sql = f"UPDATE rooms SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": room_key})
    return await reload(connection, actor, room_key)


async def lock_for_delete(
    connection: Connection, actor: Actor, branch_key: UUID, room_key: UUID
) -> int:
    """Lock the room for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(
        connection, LOCK_FOR_DELETE, {**actor.parameters, "branch_id": branch_key, "id": room_key}
    )
    return int(row[0])


async def delete(connection: Connection, room_key: UUID) -> None:
    """Delete a locked room."""
    await execute(connection, DELETE, {"id": room_key})


async def reload(connection: Connection, actor: Actor, room_key: UUID) -> Document:
    """The document of a room that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": room_key}))
