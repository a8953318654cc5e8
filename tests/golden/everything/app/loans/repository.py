"""Loans in the database. Access is part of every statement."""

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATE, DATETIME, ID, one_of
from app.items import access as items
from app.rows.columns import assignments
from app.rows.guards import (
    lock_row,
    require_references,
    require_row,
    require_rules,
    row_parameters,
    transaction_time,
    written_row,
)

from . import access, rules
from .schemas import LoanCreate, LoanUpdate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT loans.id, loans.due_on, loans.fee::text AS fee, loans.note,
               loans.borrower_id, loans.item_id, loans.status, loans.created_at,
               loans.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, loans.version
    {access.SOURCE}
    WHERE loans.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, loans.version
    FROM loans
    WHERE loans.id = %(id)s
"""

# What clients may send, and its columns.
COLUMNS = {"due_on": "due_on", "note": "note", "item_id": "item_id"}

REFERABLE_ITEM = f"""
    SELECT 1
    {items.SOURCE}
    WHERE items.id = %(row.item_id)s
      AND {items.READABLE}
    FOR KEY SHARE OF items
"""

# Each finds the row that a reference leads to, if the actor may refer to it.
REFERENCES = {"item_id": REFERABLE_ITEM}

INSERT = """
    INSERT INTO loans (borrower_id, due_on, note, item_id, fee)
    VALUES (
        %(borrower_id)s, %(due_on)s, %(note)s, %(item_id)s,
        (SELECT items.price FROM items WHERE items.id = %(item_id)s)
    )
    RETURNING id
"""

LOCK_FOR_UPDATE = f"""
    SELECT loans.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE loans.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF loans
"""

LOCK_FOR_DELETE = f"""
    SELECT loans.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE loans.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF loans
"""

DELETE = "DELETE FROM loans WHERE id = %(id)s"

EDITABLE = """
    SELECT loans.status = 'open'
    FROM loans
    WHERE loans.id = %(id)s
"""

LIST = ListQuery(
    fields={
        "due_on": ListField("loans.due_on", DATE, filter=True, sort=True),
        "borrower_id": ListField("loans.borrower_id", ID, filter=True),
        "item_id": ListField("loans.item_id", ID, filter=True),
        "status": ListField("loans.status", one_of(["open", "closed"]), filter=True),
        "created_at": ListField("loans.created_at", DATETIME, sort=True),
        "updated_at": ListField("loans.updated_at", DATETIME, sort=True),
    },
    key="loans.id",
    default_sort="-created_at",
)


async def list_page(database: Database, actor: Actor, page: Page) -> str:
    """A page of the loans that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=access.LISTED,
        parameters=actor.parameters,
    )


async def list_loans_of_item(database: Database, actor: Actor, item_key: UUID, page: Page) -> str:
    """A page of the loans of an item, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=f"loans.item_id = %(below)s AND {access.LISTED}",
        parameters={**actor.parameters, "below": item_key},
    )


async def read(database: Database, actor: Actor, loan_key: UUID) -> Document:
    """The loan. Raises a 404 problem unless the actor may read it."""
    return Document(*await require_row(database, READ, {**actor.parameters, "id": loan_key}))


async def create(connection: Connection, actor: Actor, new: LoanCreate) -> tuple[UUID, Document]:
    """Insert a loan; returns its id and document."""
    now = await transaction_time(connection)
    row: dict[str, Any] = {
        "borrower_id": actor.id,
        **new.values(COLUMNS),
        "due_on": new.due_on
        if "due_on" in new.model_fields_set
        else now.astimezone(ZoneInfo("Europe/Berlin")).date() + timedelta(days=14),
    }
    names = row_parameters(row, actor.parameters)
    await require_references(connection, REFERENCES, names, REFERENCES)
    rules.check_create(row, now)
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def lock_for_update(connection: Connection, actor: Actor, loan_key: UUID) -> int:
    """Lock the loan for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_UPDATE, {**actor.parameters, "id": loan_key})
    return int(row[0])


async def update(
    connection: Connection, actor: Actor, loan_key: UUID, changes: LoanUpdate
) -> Document:
    """Write the given fields of a locked loan; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        await require_rules(connection, EDITABLE, {"id": loan_key}, rules.EDITABLE_WHILE)
        sql = f"UPDATE loans SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": loan_key})
    return await reload(connection, actor, loan_key)


async def lock_for_delete(connection: Connection, actor: Actor, loan_key: UUID) -> int:
    """Lock the loan for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_DELETE, {**actor.parameters, "id": loan_key})
    return int(row[0])


async def delete(connection: Connection, loan_key: UUID) -> None:
    """Delete a locked loan."""
    await require_rules(connection, EDITABLE, {"id": loan_key}, rules.EDITABLE_WHILE)
    await execute(connection, DELETE, {"id": loan_key})


async def reload(connection: Connection, actor: Actor, loan_key: UUID) -> Document:
    """The document of a loan that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": loan_key}))
