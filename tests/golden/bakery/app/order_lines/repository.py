"""Order lines in the database. Access is part of every statement."""

from typing import Any
from uuid import UUID

from app.cakes import access as cakes
from app.core.actor import Actor
from app.core.db import Connection, Database, execute
from app.core.documents import Document
from app.core.pagination import ListField, ListQuery, Page
from app.core.values import DATETIME, ID
from app.orders import access as orders
from app.rows.columns import assignments
from app.rows.guards import (
    lock_row,
    require_references,
    require_row,
    require_rules,
    row_parameters,
    written_row,
)

from . import access, rules
from .schemas import OrderLineCreate, OrderLineUpdate

DOCUMENT = """(
    SELECT row_to_json(document)
    FROM (
        SELECT order_lines.id, order_lines.quantity,
               order_lines.unit_price::text AS unit_price,
               order_lines.amount::text AS amount, order_lines.order_id,
               order_lines.cake_id, order_lines.created_at, order_lines.updated_at
    ) AS document
)"""

READ = f"""
    SELECT {DOCUMENT}::text, order_lines.version
    {access.SOURCE}
    WHERE {access.WITHIN} AND order_lines.id = %(id)s AND {access.READABLE}
"""

RELOAD = f"""
    SELECT {DOCUMENT}::text, order_lines.version
    FROM order_lines
    WHERE order_lines.id = %(id)s
"""

REACHABLE = f"""
    SELECT 1
    {orders.SOURCE}
    WHERE orders.id = %(order_id)s AND {orders.READABLE}
"""

# What clients may send, and its columns.
COLUMNS = {"quantity": "quantity", "cake_id": "cake_id"}

REFERABLE_CAKE = f"""
    SELECT 1
    {cakes.SOURCE}
    WHERE cakes.id = %(row.cake_id)s
      AND {cakes.READABLE}
    FOR KEY SHARE OF cakes
"""

# Each finds the row that a reference leads to, if the actor may refer to it.
REFERENCES = {"cake_id": REFERABLE_CAKE}

LOCK_PARENT = f"""
    SELECT {orders.UPDATABLE} AS allowed
    {orders.SOURCE}
    WHERE orders.id = %(order_id)s AND {orders.READABLE}
    FOR NO KEY UPDATE OF orders
"""

PARENT_EDITABLE = """
    SELECT orders.status = 'cart'
    FROM orders
    WHERE orders.id = %(order_id)s
"""

INSERT = """
    INSERT INTO order_lines (order_id, quantity, cake_id, unit_price)
    VALUES (
        %(order_id)s, %(quantity)s, %(cake_id)s,
        (SELECT cakes.price FROM cakes WHERE cakes.id = %(cake_id)s)
    )
    RETURNING id
"""

LOCK_FOR_UPDATE = f"""
    SELECT order_lines.version, {access.UPDATABLE} AS allowed
    {access.SOURCE}
    WHERE {access.WITHIN} AND order_lines.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF order_lines, orders
"""

LOCK_FOR_DELETE = f"""
    SELECT order_lines.version, {access.DELETABLE} AS allowed
    {access.SOURCE}
    WHERE {access.WITHIN} AND order_lines.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF order_lines, orders
"""

DELETE = "DELETE FROM order_lines WHERE id = %(id)s"

EDITABLE = """
    SELECT orders.status = 'cart'
    FROM order_lines JOIN orders ON orders.id = order_lines.order_id
    WHERE order_lines.id = %(id)s
"""

LIST = ListQuery(
    fields={
        "order_id": ListField("order_lines.order_id", ID, filter=True),
        "cake_id": ListField("order_lines.cake_id", ID, filter=True),
        "created_at": ListField("order_lines.created_at", DATETIME, sort=True),
        "updated_at": ListField("order_lines.updated_at", DATETIME, sort=True),
    },
    key="order_lines.id",
    default_sort="created_at",
)


async def list_page(database: Database, actor: Actor, order_key: UUID, page: Page) -> str:
    """A page of the order lines that the actor may see, as JSON."""
    return await page.fetch(
        database,
        document=DOCUMENT,
        source=access.SOURCE,
        where=f"{access.WITHIN} AND {access.LISTED}",
        parameters={**actor.parameters, "order_id": order_key},
    )


async def require_reachable(where: Database | Connection, actor: Actor, order_key: UUID) -> None:
    """Raises a 404 problem unless the order of the path is there for the actor."""
    await require_row(where, REACHABLE, {**actor.parameters, "order_id": order_key})


async def read(database: Database, actor: Actor, order_key: UUID, order_line_key: UUID) -> Document:
    """The order line. Raises a 404 problem unless the actor may read it."""
    return Document(
        *await require_row(
            database, READ, {**actor.parameters, "order_id": order_key, "id": order_line_key}
        ),
    )


async def lock_parent(connection: Connection, actor: Actor, order_key: UUID) -> None:
    """Lock the order for a new order line.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    await lock_row(connection, LOCK_PARENT, {**actor.parameters, "order_id": order_key})


async def create(
    connection: Connection, actor: Actor, order_key: UUID, new: OrderLineCreate
) -> tuple[UUID, Document]:
    """Insert an order line; returns its id and document."""
    row: dict[str, Any] = {"order_id": order_key, **new.values(COLUMNS)}
    names = row_parameters(row, {**actor.parameters, "order_id": order_key})
    await require_references(connection, REFERENCES, names, REFERENCES)
    await require_rules(
        connection,
        PARENT_EDITABLE,
        {**actor.parameters, "order_id": order_key},
        rules.EDITABLE_WHILE,
    )
    inserted = await written_row(connection, INSERT, row)
    return inserted[0], await reload(connection, actor, inserted[0])


async def lock_for_update(
    connection: Connection, actor: Actor, order_key: UUID, order_line_key: UUID
) -> int:
    """Lock the order line for a change; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(
        connection,
        LOCK_FOR_UPDATE,
        {**actor.parameters, "order_id": order_key, "id": order_line_key},
    )
    return int(row[0])


async def update(
    connection: Connection,
    actor: Actor,
    order_key: UUID,
    order_line_key: UUID,
    changes: OrderLineUpdate,
) -> Document:
    """Write the given fields of a locked order line; returns the new document."""
    values = changes.given(COLUMNS)
    if values:
        await require_rules(connection, EDITABLE, {"id": order_line_key}, rules.EDITABLE_WHILE)
        sql = f"UPDATE order_lines SET {assignments(values)} WHERE id = %(id)s"
        await execute(connection, sql, {**values, "id": order_line_key})
    return await reload(connection, actor, order_line_key)


async def lock_for_delete(
    connection: Connection, actor: Actor, order_key: UUID, order_line_key: UUID
) -> int:
    """Lock the order line for deletion; returns its version.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(
        connection,
        LOCK_FOR_DELETE,
        {**actor.parameters, "order_id": order_key, "id": order_line_key},
    )
    return int(row[0])


async def delete(connection: Connection, order_line_key: UUID) -> None:
    """Delete a locked order line."""
    await require_rules(connection, EDITABLE, {"id": order_line_key}, rules.EDITABLE_WHILE)
    await execute(connection, DELETE, {"id": order_line_key})


async def reload(connection: Connection, actor: Actor, order_line_key: UUID) -> Document:
    """The document of an order line that this transaction has written."""
    return Document(
        *await written_row(connection, RELOAD, {**actor.parameters, "id": order_line_key})
    )
