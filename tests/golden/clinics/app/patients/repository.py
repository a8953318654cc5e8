"""Patients in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME
from app.rows.columns import assignments
from app.rows.guards import (
    fetch_row,
    lock_row,
    require_allowed,
    require_row,
    row_parameters,
    transaction_time,
    written_row,
)

from . import access, rules
from .schemas import PatientCreate, PatientUpdate

DOCUMENT = """(
    '{'
    || '"id":' || coalesce(to_json(patients.id)::text, 'null')
    || ',"clinic_id":' || coalesce(to_json(patients.clinic_id)::text, 'null')
    || ',"name":' || coalesce(to_json(patients.name)::text, 'null')
    || ',"born_on":' || coalesce(to_json(patients.born_on)::text, 'null')
    || CASE WHEN EXISTS (
        SELECT FROM staff
        WHERE staff.clinic_id = patients.clinic_id
          AND staff.user_id = %(actor)s
          AND staff.role = 'receptionist'
    ) THEN ',"insurance_no":' || coalesce(to_json(patients.insurance_no)::text, 'null') ELSE '' END
    || ',"created_at":' || coalesce(to_json(patients.created_at)::text, 'null')
    || ',"updated_at":' || coalesce(to_json(patients.updated_at)::text, 'null')
    || '}'
)"""

READ = f"""
    SELECT {DOCUMENT}::text, patients.version
    {access.SOURCE}
    WHERE {access.WITHIN} AND patients.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, patients.version
    FROM patients
    WHERE patients.id = %(id)s
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
COLUMNS = {"name": "name", "born_on": "born_on", "insurance_no": "insurance_no"}

MAY_CREATE = f"""
    SELECT {access.CREATABLE}
    FROM (SELECT %(row.clinic_id)s::uuid AS clinic_id) AS patients
"""

INSERT = """
    INSERT INTO patients (clinic_id, name, born_on, insurance_no)
    VALUES (%(clinic_id)s, %(name)s, %(born_on)s, %(insurance_no)s)
    RETURNING id
"""

LOCK_FOR_UPDATE = f"""
    SELECT patients.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE {access.WITHIN} AND patients.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF patients
"""

STORED = """
    SELECT born_on
    FROM patients
    WHERE id = %(id)s
"""

LOCK_FOR_DELETE = f"""
    SELECT patients.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE {access.WITHIN} AND patients.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF patients
"""

DELETE = "DELETE FROM patients WHERE id = %(id)s"

LIST = ListQuery(
    fields={
        "created_at": ListField("patients.created_at", DATETIME, sort=True),
        "updated_at": ListField("patients.updated_at", DATETIME, sort=True),
    },
    key="patients.id",
    default_sort="-created_at",
    search='lower(patients.name COLLATE "pg_c_utf8")',
)


async def list_page(database: Database, actor: Actor, clinic_key: UUID, page: Page) -> str:
    """A page of the patients that the actor may see, as JSON."""
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


async def read(database: Database, actor: Actor, clinic_key: UUID, patient_key: UUID) -> Document:
    """The patient. Raises a 404 problem unless the actor may read it."""
    return Document(
        *await require_row(
            database, READ, {**actor.parameters, "clinic_id": clinic_key, "id": patient_key}
        ),
    )


async def create(
    connection: Connection, actor: Actor, clinic_key: UUID, new: PatientCreate
) -> tuple[UUID, Document]:
    """Insert a patient; returns its id and document."""
    now = await transaction_time(connection)
    row: dict[str, Any] = {"clinic_id": clinic_key, **new.values(COLUMNS)}
    names = row_parameters(row, {**actor.parameters, "clinic_id": clinic_key})
    rules.check(row, now)
    await require_allowed(connection, MAY_CREATE, names)
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def lock_for_update(
    connection: Connection, actor: Actor, clinic_key: UUID, patient_key: UUID
) -> int:
    """Lock the patient for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(
        connection,
        LOCK_FOR_UPDATE,
        {**actor.parameters, "clinic_id": clinic_key, "id": patient_key},
    )
    return int(row[0])


async def update(
    connection: Connection,
    actor: Actor,
    clinic_key: UUID,
    patient_key: UUID,
    changes: PatientUpdate,
) -> Document:
    """Write the given fields of a locked patient; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        row: dict[str, Any] = {**await fetch_row(connection, STORED, {"id": patient_key}), **values}
        now = await transaction_time(connection)
        rules.check(row, now)
        sql = f"UPDATE patients SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": patient_key})
    return await reload(connection, actor, patient_key)


async def lock_for_delete(
    connection: Connection, actor: Actor, clinic_key: UUID, patient_key: UUID
) -> int:
    """Lock the patient for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(
        connection,
        LOCK_FOR_DELETE,
        {**actor.parameters, "clinic_id": clinic_key, "id": patient_key},
    )
    return int(row[0])


async def delete(connection: Connection, patient_key: UUID) -> None:
    """Delete a locked patient."""
    await execute(connection, DELETE, {"id": patient_key})


async def reload(connection: Connection, actor: Actor, patient_key: UUID) -> Document:
    """The document of a patient that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": patient_key}))
