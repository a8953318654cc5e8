"""Staff in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME, ID
from app.rows.columns import assignments
from app.rows.guards import (
    lock_row,
    require_allowed,
    require_references,
    require_row,
    require_sendable,
    row_parameters,
    written_row,
)
from app.rows.members import find_member, require_member

from . import access
from .schemas import StaffCreate, StaffUpdate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT staff.id, staff.clinic_id, staff.role, staff.user_id, staff.created_at,
               staff.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, staff.version
    {access.SOURCE}
    WHERE {access.WITHIN} AND staff.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, staff.version
    FROM staff
    WHERE staff.id = %(id)s
"""

REACHABLE = """
    SELECT 1
    FROM clinics
    WHERE clinics.id = %(clinic_id)s
      AND EXISTS (
          SELECT FROM staff
          WHERE staff.clinic_id = clinics.id
            AND staff.user_id = %(actor)s
      )
"""

# What clients may send, and its columns.
COLUMNS = {"role": "role", "user_id": "user_id"}

REFERABLE_USER = """
    SELECT 1
    FROM users
    WHERE users.id = %(row.user_id)s
      AND users.active
    FOR KEY SHARE OF users
"""

# Each finds the row that a reference leads to, if the actor may refer to it.
REFERENCES = {"user_id": REFERABLE_USER}

MAY_SEND_NEW = """
    SELECT EXISTS (
        SELECT FROM staff AS staff_2
        WHERE staff_2.clinic_id = staff.clinic_id
          AND staff_2.user_id = %(actor)s
          AND staff_2.role = 'manager'
    ) AS role
    FROM (SELECT %(row.clinic_id)s::uuid AS clinic_id) AS staff
"""

MAY_CREATE = f"""
    SELECT {access.CREATABLE}
    FROM (SELECT %(row.clinic_id)s::uuid AS clinic_id) AS staff
"""

INSERT = """
    INSERT INTO staff (clinic_id, role, user_id)
    VALUES (%(clinic_id)s, %(role)s, %(user_id)s)
    RETURNING id
"""

LOCK_FOR_UPDATE = f"""
    SELECT staff.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE {access.WITHIN} AND staff.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF staff
"""

MAY_SEND = """
    SELECT EXISTS (
        SELECT FROM staff AS staff_2
        WHERE staff_2.clinic_id = staff.clinic_id
          AND staff_2.user_id = %(actor)s
          AND staff_2.role = 'manager'
    ) AS role
    FROM staff
    WHERE staff.id = %(id)s
"""

LOCK_FOR_DELETE = f"""
    SELECT staff.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE {access.WITHIN} AND staff.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF staff
"""

DELETE = "DELETE FROM staff WHERE id = %(id)s"

LIST = ListQuery(
    fields={
        "user_id": ListField("staff.user_id", ID, filter=True),
        "created_at": ListField("staff.created_at", DATETIME, sort=True),
        "updated_at": ListField("staff.updated_at", DATETIME, sort=True),
    },
    key="staff.id",
    default_sort="-created_at",
)


async def list_page(database: Database, actor: Actor, clinic_key: UUID, page: Page) -> str:
    """A page of the staff that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=f"{access.WITHIN} AND {access.LISTED}",
        parameters={**actor.parameters, "clinic_id": clinic_key},
    )


async def require_reachable(where: Database | Connection, actor: Actor, clinic_key: UUID) -> None:
    """Raises a 404 problem unless the clinic of the path is there for the actor."""
    await require_row(where, REACHABLE, {**actor.parameters, "clinic_id": clinic_key})


async def read(database: Database, actor: Actor, clinic_key: UUID, staff_key: UUID) -> Document:
    """The staff. Raises a 404 problem unless the actor may read it."""
    return Document(
        *await require_row(
            database, READ, {**actor.parameters, "clinic_id": clinic_key, "id": staff_key}
        ),
    )


async def create(
    connection: Connection, actor: Actor, clinic_key: UUID, new: StaffCreate
) -> tuple[UUID, Document]:
    """Insert a staff; returns its id and document."""
    row: dict[str, Any] = {"clinic_id": clinic_key, **new.values(COLUMNS)}
    await find_member(connection, row, new)
    names = row_parameters(row, {**actor.parameters, "clinic_id": clinic_key})
    await require_references(connection, REFERENCES, names, REFERENCES)
    await require_sendable(connection, MAY_SEND_NEW, names, new.model_fields_set)
    await require_allowed(connection, MAY_CREATE, names)
    require_member(row, new)
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def lock_for_update(
    connection: Connection, actor: Actor, clinic_key: UUID, staff_key: UUID
) -> int:
    """Lock the staff for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(
        connection, LOCK_FOR_UPDATE, {**actor.parameters, "clinic_id": clinic_key, "id": staff_key}
    )
    return int(row[0])


async def update(
    connection: Connection, actor: Actor, clinic_key: UUID, staff_key: UUID, changes: StaffUpdate
) -> Document:
    """Write the given fields of a locked staff; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        await require_sendable(
            connection,
            MAY_SEND,
            {**actor.parameters, "clinic_id": clinic_key, "id": staff_key},
            values,
        )
        sql = f"UPDATE staff SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": staff_key})
    return await reload(connection, actor, staff_key)


async def lock_for_delete(
    connection: Connection, actor: Actor, clinic_key: UUID, staff_key: UUID
) -> int:
    """Lock the staff for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(
        connection, LOCK_FOR_DELETE, {**actor.parameters, "clinic_id": clinic_key, "id": staff_key}
    )
    return int(row[0])


async def delete(connection: Connection, staff_key: UUID) -> None:
    """Delete a locked staff."""
    await execute(connection, DELETE, {"id": staff_key})


async def reload(connection: Connection, actor: Actor, staff_key: UUID) -> Document:
    """The document of a staff that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": staff_key}))
