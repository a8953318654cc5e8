"""Items in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATE, DATETIME, ID, INTEGER, TEXT
from app.rows.columns import assignments
from app.rows.guards import lock_row, require_references, require_row, row_parameters, written_row
from app.shelves import access as shelves
from app.subject_matter import access as subject_matter

from . import access
from .schemas import ItemCreate, ItemUpdate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT items.id, items.title, items.summary, items.code, items.reference,
               items.price::text AS price, items.copies, items.date,
               items.value::text AS value, items.loan_count, items.last_due,
               items.mean_fee::text AS mean_fee, items.shelf_id, items.topic_id,
               items.cover_of_id, items.created_at, items.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, items.version
    {access.SOURCE}
    WHERE items.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, items.version
    FROM items
    WHERE items.id = %(id)s
"""

# What clients may send, and its columns.
COLUMNS = {
    "title": "title",
    "summary": "summary",
    "code": "code",
    "reference": "reference",
    "price": "price",
    "copies": "copies",
    "date_": "date",
    "shelf_id": "shelf_id",
    "topic_id": "topic_id",
    "cover_of_id": "cover_of_id",
}

REFERABLE_SHELF = f"""
    SELECT 1
    {shelves.SOURCE}
    WHERE shelves.id = %(row.shelf_id)s
      AND {shelves.READABLE}
    FOR KEY SHARE OF shelves
"""

REFERABLE_TOPIC = f"""
    SELECT 1
    {subject_matter.SOURCE}
    WHERE subject_matter.id = %(row.topic_id)s
      AND {subject_matter.READABLE}
    FOR KEY SHARE OF subject_matter
"""

REFERABLE_COVER_OF = f"""
    SELECT 1
    {access.SOURCE}
    WHERE items.id = %(row.cover_of_id)s
      AND {access.READABLE}
    FOR KEY SHARE OF items
"""

# Each finds the row that a reference leads to, if the actor may refer to it.
REFERENCES = {
    "shelf_id": REFERABLE_SHELF,
    "topic_id": REFERABLE_TOPIC,
    "cover_of_id": REFERABLE_COVER_OF,
}

INSERT = """
    INSERT INTO items (
        title, summary, code, reference, price, copies, date, shelf_id, topic_id,
        cover_of_id
    )
    VALUES (
        %(title)s, %(summary)s, %(code)s, %(reference)s, %(price)s, %(copies)s,
        %(date)s, %(shelf_id)s, %(topic_id)s, %(cover_of_id)s
    )
    RETURNING id
"""

LOCK_FOR_UPDATE = f"""
    SELECT items.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE items.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF items
"""

LOCK_FOR_DELETE = f"""
    SELECT items.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE items.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF items
"""

DELETE = "DELETE FROM items WHERE id = %(id)s"

LIST = ListQuery(
    fields={
        "title": ListField("items.title", TEXT, filter=True, sort=True),
        "date": ListField("items.date", DATE, filter=True, nullable=True),
        "loan_count": ListField("items.loan_count", INTEGER, sort=True),
        "shelf_id": ListField("items.shelf_id", ID, filter=True, nullable=True),
        "topic_id": ListField("items.topic_id", ID, filter=True),
        "cover_of_id": ListField("items.cover_of_id", ID, filter=True, nullable=True),
        "created_at": ListField("items.created_at", DATETIME, sort=True),
        "updated_at": ListField("items.updated_at", DATETIME, sort=True),
    },
    key="items.id",
    default_sort="-created_at",
    search="lower((items.title || E'\\n' || coalesce(items.summary, '')) COLLATE \"pg_c_utf8\")",
)


async def list_page(database: Database, actor: Actor, page: Page) -> str:
    """A page of the items that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=access.LISTED,
        parameters=actor.parameters,
    )


async def list_items_of_shelf(database: Database, actor: Actor, shelf_key: UUID, page: Page) -> str:
    """A page of the items of a shelf, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=f"items.shelf_id = %(below)s AND {access.LISTED}",
        parameters={**actor.parameters, "below": shelf_key},
    )


async def read(database: Database, actor: Actor, item_key: UUID) -> Document:
    """The item. Raises a 404 problem unless the actor may read it."""
    return Document(*await require_row(database, READ, {**actor.parameters, "id": item_key}))


async def require_readable(database: Database, actor: Actor, item_key: UUID) -> None:
    """Raises a 404 problem unless the actor may read the item."""
    await require_row(database, READ, {**actor.parameters, "id": item_key})


async def create(connection: Connection, actor: Actor, new: ItemCreate) -> tuple[UUID, Document]:
    """Insert an item; returns its id and document."""
    row: dict[str, Any] = new.values(COLUMNS)
    names = row_parameters(row, actor.parameters)
    await require_references(connection, REFERENCES, names, REFERENCES)
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def lock_for_update(connection: Connection, actor: Actor, item_key: UUID) -> int:
    """Lock the item for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_UPDATE, {**actor.parameters, "id": item_key})
    return int(row[0])


async def update(
    connection: Connection, actor: Actor, item_key: UUID, changes: ItemUpdate
) -> Document:
    """Write the given fields of a locked item; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        names = row_parameters(values, {**actor.parameters, "id": item_key})
        await require_references(connection, REFERENCES, names, values)
        sql = f"UPDATE items SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": item_key})
    return await reload(connection, actor, item_key)


async def lock_for_delete(connection: Connection, actor: Actor, item_key: UUID) -> int:
    """Lock the item for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_DELETE, {**actor.parameters, "id": item_key})
    return int(row[0])


async def delete(connection: Connection, item_key: UUID) -> None:
    """Delete a locked item."""
    await execute(connection, DELETE, {"id": item_key})


async def reload(connection: Connection, actor: Actor, item_key: UUID) -> Document:
    """The document of an item that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": item_key}))
