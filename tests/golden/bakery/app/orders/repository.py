"""Orders in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME, ID, one_of
from app.rows.columns import assignments
from app.rows.guards import lock_row, require_row, require_rules, written_row

from . import access, rules
from .schemas import OrderCreate, OrderUpdate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT orders.id, orders.pick_up_at, orders.note, orders.total::text AS total,
               orders.customer_id, orders.status, orders.created_at, orders.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, orders.version
    {access.SOURCE}
    WHERE orders.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, orders.version
    FROM orders
    WHERE orders.id = %(id)s
"""

# What clients may send, and its columns.
COLUMNS = {"pick_up_at": "pick_up_at", "note": "note"}

INSERT = """
    INSERT INTO orders (customer_id, pick_up_at, note)
    VALUES (%(customer_id)s, %(pick_up_at)s, %(note)s)
    RETURNING id
"""

LOCK_FOR_UPDATE = f"""
    SELECT orders.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE orders.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF orders
"""

LOCK_FOR_DELETE = f"""
    SELECT orders.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE orders.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF orders
"""

DELETE = "DELETE FROM orders WHERE id = %(id)s"

EDITABLE = """
    SELECT orders.status = 'cart'
    FROM orders
    WHERE orders.id = %(id)s
"""

LIST = ListQuery(
    fields={
        "customer_id": ListField("orders.customer_id", ID, filter=True),
        "status": ListField(
            "orders.status", one_of(["cart", "placed", "ready", "cancelled"]), filter=True
        ),
        "created_at": ListField("orders.created_at", DATETIME, sort=True),
        "updated_at": ListField("orders.updated_at", DATETIME, sort=True),
    },
    key="orders.id",
    default_sort="-created_at",
)


async def list_page(database: Database, actor: Actor, page: Page) -> str:
    """A page of the orders that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=access.LISTED,
        parameters=actor.parameters,
    )


async def read(database: Database, actor: Actor, order_key: UUID) -> Document:
    """The order. Raises a 404 problem unless the actor may read it."""
    return Document(*await require_row(database, READ, {**actor.parameters, "id": order_key}))


async def create(connection: Connection, actor: Actor, new: OrderCreate) -> tuple[UUID, Document]:
    """Insert an order; returns its id and document."""
    row: dict[str, Any] = {"customer_id": actor.id, **new.values(COLUMNS)}
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def lock_for_update(connection: Connection, actor: Actor, order_key: UUID) -> int:
    """Lock the order for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_UPDATE, {**actor.parameters, "id": order_key})
    return int(row[0])


async def update(
    connection: Connection, actor: Actor, order_key: UUID, changes: OrderUpdate
) -> Document:
    """Write the given fields of a locked order; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        await require_rules(connection, EDITABLE, {"id": order_key}, rules.EDITABLE_WHILE)
        sql = f"UPDATE orders SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": order_key})
    return await reload(connection, actor, order_key)


async def lock_for_delete(connection: Connection, actor: Actor, order_key: UUID) -> int:
    """Lock the order for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_DELETE, {**actor.parameters, "id": order_key})
    return int(row[0])


async def delete(connection: Connection, order_key: UUID) -> None:
    """Delete a locked order."""
    await require_rules(connection, EDITABLE, {"id": order_key}, rules.EDITABLE_WHILE)
    await execute(connection, DELETE, {"id": order_key})


async def reload(connection: Connection, actor: Actor, order_key: UUID) -> Document:
    """The document of an order that this transaction has written."""
    return Document(*await written_row(connection, RELOAD, {**actor.parameters, "id": order_key}))
