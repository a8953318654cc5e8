"""Bookings in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME, ID
from app.rooms import access as rooms
from app.rows.columns import assignments
from app.rows.guards import (
    fetch_row,
    lock_row,
    require_allowed,
    require_references,
    require_row,
    row_parameters,
    written_row,
)

from . import access, rules
from .schemas import BookingCreate, BookingUpdate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT bookings.id, bookings.starts_at, bookings.ends_at, bookings.people,
               bookings.booker_id, bookings.room_id, bookings.rebooked_id,
               bookings.created_at, bookings.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, bookings.version
    {access.SOURCE}
    WHERE bookings.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, bookings.version
    FROM bookings
    WHERE bookings.id = %(id)s
"""

# What clients may send, and its columns.
COLUMNS = {
    "starts_at": "starts_at",
    "ends_at": "ends_at",
    "people": "people",
    "room_id": "room_id",
    "rebooked_id": "rebooked_id",
}

REFERABLE_ROOM = f"""
    SELECT 1
    {rooms.SOURCE}
    WHERE rooms.id = %(row.room_id)s
      AND {rooms.READABLE}
      AND rooms.open
    FOR KEY SHARE OF rooms
"""

REFERABLE_REBOOKED = f"""
    SELECT 1
    {access.SOURCE}
    WHERE bookings.id = %(row.rebooked_id)s
      AND {access.READABLE}
      AND bookings.room_id = %(row.room_id)s
    FOR KEY SHARE OF bookings
"""

# Each finds the row that a reference leads to, if the actor may refer to it.
REFERENCES = {"room_id": REFERABLE_ROOM, "rebooked_id": REFERABLE_REBOOKED}

MAY_CREATE = f"""
    SELECT {access.CREATABLE}
    FROM (SELECT %(row.room_id)s::uuid AS room_id) AS bookings
"""

INSERT = """
    INSERT INTO bookings (booker_id, starts_at, ends_at, people, room_id, rebooked_id)
    VALUES (
        %(booker_id)s, %(starts_at)s, %(ends_at)s, %(people)s, %(room_id)s,
        %(rebooked_id)s
    )
    RETURNING id
"""

LOCK_FOR_UPDATE = f"""
    SELECT bookings.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE bookings.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF bookings
"""

STORED = """
    SELECT starts_at, ends_at, room_id
    FROM bookings
    WHERE id = %(id)s
"""

LOCK_FOR_DELETE = f"""
    SELECT bookings.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE bookings.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF bookings
"""

DELETE = "DELETE FROM bookings WHERE id = %(id)s"

LIST = ListQuery(
    fields={
        "starts_at": ListField("bookings.starts_at", DATETIME, filter=True, sort=True),
        "booker_id": ListField("bookings.booker_id", ID, filter=True),
        "room_id": ListField("bookings.room_id", ID, filter=True),
        "rebooked_id": ListField("bookings.rebooked_id", ID, filter=True, nullable=True),
        "created_at": ListField("bookings.created_at", DATETIME, sort=True),
        "updated_at": ListField("bookings.updated_at", DATETIME, sort=True),
    },
    key="bookings.id",
    default_sort="-created_at",
)


async def list_page(database: Database, actor: Actor, page: Page) -> str:
    """A page of the bookings that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=access.LISTED,
        parameters=actor.parameters,
    )


async def list_bookings_of_room(
    database: Database, actor: Actor, room_key: UUID, page: Page
) -> str:
    """A page of the bookings of a room, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=f"bookings.room_id = %(below)s AND {access.LISTED}",
        parameters={**actor.parameters, "below": room_key},
    )


async def read(database: Database, actor: Actor, booking_key: UUID) -> Document:
    """The booking. Raises a 404 problem unless the actor may read it."""
    return Document(*await require_row(database, READ, {**actor.parameters, "id": booking_key}))


async def create(connection: Connection, actor: Actor, new: BookingCreate) -> tuple[UUID, Document]:
    """Insert a booking; returns its id and document."""
    row: dict[str, Any] = {"booker_id": actor.id, **new.values(COLUMNS)}
    names = row_parameters(row, actor.parameters)
    await require_references(connection, REFERENCES, names, REFERENCES)
    rules.check(row)
    await require_allowed(connection, MAY_CREATE, names)
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def lock_for_update(connection: Connection, actor: Actor, booking_key: UUID) -> int:
    """Lock the booking for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_UPDATE, {**actor.parameters, "id": booking_key})
    return int(row[0])


async def update(
    connection: Connection, actor: Actor, booking_key: UUID, changes: BookingUpdate
) -> Document:
    """Write the given fields of a locked booking; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        row: dict[str, Any] = {**await fetch_row(connection, STORED, {"id": booking_key}), **values}
        names = row_parameters(row, {**actor.parameters, "id": booking_key})
        await require_references(connection, REFERENCES, names, values)
        rules.check(row)
        sql = f"UPDATE bookings SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": booking_key})
    return await reload(connection, actor, booking_key)


async def lock_for_delete(connection: Connection, actor: Actor, booking_key: UUID) -> int:
    """Lock the booking for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_DELETE, {**actor.parameters, "id": booking_key})
    return int(row[0])


async def delete(connection: Connection, booking_key: UUID) -> None:
    """Delete a locked booking."""
    await execute(connection, DELETE, {"id": booking_key})


async def reload(connection: Connection, actor: Actor, booking_key: UUID) -> Document:
    """The document of a booking that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": booking_key}))
