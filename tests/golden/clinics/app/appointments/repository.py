"""Appointments in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME, ID, one_of
from app.patients import access as patients
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
from app.staff import access as staff

from . import access, rules
from .schemas import AppointmentCreate, AppointmentUpdate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT appointments.id, appointments.clinic_id, appointments.starts_at,
               appointments.ends_at, appointments.patient_id, appointments.dentist_id,
               appointments.status, appointments.created_at, appointments.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, appointments.version
    {access.SOURCE}
    WHERE {access.WITHIN} AND appointments.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, appointments.version
    FROM appointments
    WHERE appointments.id = %(id)s
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
COLUMNS = {
    "starts_at": "starts_at",
    "ends_at": "ends_at",
    "patient_id": "patient_id",
    "dentist_id": "dentist_id",
}

REFERABLE_PATIENT = f"""
    SELECT 1
    {patients.SOURCE}
    WHERE patients.id = %(row.patient_id)s
      AND patients.clinic_id = %(clinic_id)s
      AND {patients.READABLE}
    FOR KEY SHARE OF patients
"""

REFERABLE_DENTIST = f"""
    SELECT 1
    {staff.SOURCE}
    WHERE staff.id = %(row.dentist_id)s
      AND staff.clinic_id = %(clinic_id)s
      AND {staff.READABLE}
      AND staff.role = 'dentist'
    FOR KEY SHARE OF staff
"""

# Each finds the row that a reference leads to, if the actor may refer to it.
REFERENCES = {"patient_id": REFERABLE_PATIENT, "dentist_id": REFERABLE_DENTIST}

MAY_CREATE = f"""
    SELECT {access.CREATABLE}
    FROM (SELECT %(row.clinic_id)s::uuid AS clinic_id) AS appointments
"""

INSERT = """
    INSERT INTO appointments (clinic_id, starts_at, ends_at, patient_id, dentist_id)
    VALUES (%(clinic_id)s, %(starts_at)s, %(ends_at)s, %(patient_id)s, %(dentist_id)s)
    RETURNING id
"""

LOCK_FOR_UPDATE = f"""
    SELECT appointments.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE {access.WITHIN} AND appointments.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF appointments
"""

STORED = """
    SELECT ends_at, starts_at
    FROM appointments
    WHERE id = %(id)s
"""

LOCK_FOR_DELETE = f"""
    SELECT appointments.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE {access.WITHIN} AND appointments.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF appointments
"""

DELETE = "DELETE FROM appointments WHERE id = %(id)s"

LIST = ListQuery(
    fields={
        "patient_id": ListField("appointments.patient_id", ID, filter=True),
        "dentist_id": ListField("appointments.dentist_id", ID, filter=True),
        "status": ListField(
            "appointments.status", one_of(["booked", "cancelled", "done"]), filter=True
        ),
        "created_at": ListField("appointments.created_at", DATETIME, sort=True),
        "updated_at": ListField("appointments.updated_at", DATETIME, sort=True),
    },
    key="appointments.id",
    default_sort="-created_at",
)


async def list_page(database: Database, actor: Actor, clinic_key: UUID, page: Page) -> str:
    """A page of the appointments that the actor may see, as JSON."""
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


async def read(
    database: Database, actor: Actor, clinic_key: UUID, appointment_key: UUID
) -> Document:
    """The appointment. Raises a 404 problem unless the actor may read it."""
    return Document(
        *await require_row(
            database, READ, {**actor.parameters, "clinic_id": clinic_key, "id": appointment_key}
        ),
    )


async def create(
    connection: Connection, actor: Actor, clinic_key: UUID, new: AppointmentCreate
) -> tuple[UUID, Document]:
    """Insert an appointment; returns its id and document."""
    row: dict[str, Any] = {"clinic_id": clinic_key, **new.values(COLUMNS)}
    names = row_parameters(row, {**actor.parameters, "clinic_id": clinic_key})
    await require_references(connection, REFERENCES, names, REFERENCES)
    rules.check(row)
    await require_allowed(connection, MAY_CREATE, names)
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def lock_for_update(
    connection: Connection, actor: Actor, clinic_key: UUID, appointment_key: UUID
) -> int:
    """Lock the appointment for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(
        connection,
        LOCK_FOR_UPDATE,
        {**actor.parameters, "clinic_id": clinic_key, "id": appointment_key},
    )
    return int(row[0])


async def update(
    connection: Connection,
    actor: Actor,
    clinic_key: UUID,
    appointment_key: UUID,
    changes: AppointmentUpdate,
) -> Document:
    """Write the given fields of a locked appointment; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        row: dict[str, Any] = {
            **await fetch_row(connection, STORED, {"id": appointment_key}),
            **values,
        }
        names = row_parameters(
            row, {**actor.parameters, "clinic_id": clinic_key, "id": appointment_key}
        )
        await require_references(connection, REFERENCES, names, values)
        rules.check(row)
        sql = f"UPDATE appointments SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": appointment_key})
    return await reload(connection, actor, appointment_key)


async def lock_for_delete(
    connection: Connection, actor: Actor, clinic_key: UUID, appointment_key: UUID
) -> int:
    """Lock the appointment for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(
        connection,
        LOCK_FOR_DELETE,
        {**actor.parameters, "clinic_id": clinic_key, "id": appointment_key},
    )
    return int(row[0])


async def delete(connection: Connection, appointment_key: UUID) -> None:
    """Delete a locked appointment."""
    await execute(connection, DELETE, {"id": appointment_key})


async def reload(connection: Connection, actor: Actor, appointment_key: UUID) -> Document:
    """The document of an appointment that this transaction has written."""
    return Document(
        *await written_row(connection, RELOAD, {**actor.parameters, "id": appointment_key})
    )
