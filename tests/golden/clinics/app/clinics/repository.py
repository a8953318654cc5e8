"""Clinics in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME
from app.rows.columns import assignments
from app.rows.guards import lock_row, require_row, written_row

from . import access
from .schemas import ClinicCreate, ClinicUpdate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT clinics.id, clinics.name, clinics.created_at, clinics.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, clinics.version
    {access.SOURCE}
    WHERE clinics.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, clinics.version
    FROM clinics
    WHERE clinics.id = %(id)s
"""

# What clients may send, and its columns.
COLUMNS = {"name": "name"}

INSERT = """
    INSERT INTO clinics (name)
    VALUES (%(name)s)
    RETURNING id
"""

INSERT_FIRST_MEMBER = """
    INSERT INTO staff (clinic_id, user_id, role)
    VALUES (%(place)s, %(actor)s, 'manager')
"""

LOCK_FOR_UPDATE = f"""
    SELECT clinics.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE clinics.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF clinics
"""

LIST = ListQuery(
    fields={
        "created_at": ListField("clinics.created_at", DATETIME, sort=True),
        "updated_at": ListField("clinics.updated_at", DATETIME, sort=True),
    },
    key="clinics.id",
    default_sort="-created_at",
)


async def list_page(database: Database, actor: Actor, page: Page) -> str:
    """A page of the clinics that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=access.LISTED,
        parameters=actor.parameters,
    )


async def read(database: Database, actor: Actor, clinic_key: UUID) -> Document:
    """The clinic. Raises a 404 problem unless the actor may read it."""
    return Document(*await require_row(database, READ, {**actor.parameters, "id": clinic_key}))


async def create(connection: Connection, actor: Actor, new: ClinicCreate) -> tuple[UUID, Document]:
    """Insert a clinic; returns its id and document."""
    row: dict[str, Any] = new.values(COLUMNS)
    inserted = await written_row(connection, INSERT, row)
    await execute(connection, INSERT_FIRST_MEMBER, {"place": inserted[0], **actor.parameters})
    return inserted[0], await reload(connection, actor, inserted[0])


async def lock_for_update(connection: Connection, actor: Actor, clinic_key: UUID) -> int:
    """Lock the clinic for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_UPDATE, {**actor.parameters, "id": clinic_key})
    return int(row[0])


async def update(
    connection: Connection, actor: Actor, clinic_key: UUID, changes: ClinicUpdate
) -> Document:
    """Write the given fields of a locked clinic; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        sql = f"UPDATE clinics SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": clinic_key})
    return await reload(connection, actor, clinic_key)


async def reload(connection: Connection, actor: Actor, clinic_key: UUID) -> Document:
    """The document of a clinic that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": clinic_key}))
