"""The states of an order: who may move it on, when, and what follows.

An order is locked first, so of two that move it at once the second
finds the new state.
"""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import Connection, execute, fetch_all
from app.core.mail import queue_email
from app.core.rules import Rule
from app.rows.guards import lock_row, require_rules, written_row

from . import access

LOCK_FOR_PLACE = f"""
    SELECT orders.version, orders.status, orders.customer_id = %(actor)s AS allowed
    {access.SOURCE}
    WHERE orders.id = %(id)s AND {access.READABLE}
    FOR UPDATE OF orders
"""

PLACE_LOCK_ORDER_LINES = """
    SELECT order_lines.id
    FROM order_lines
    WHERE order_lines.id IN (SELECT ol.id FROM order_lines AS ol WHERE ol.order_id = %(id)s::uuid)
    ORDER BY order_lines.id
    FOR SHARE OF order_lines
"""

PLACE_LOCK_CAKES = """
    SELECT cakes.id
    FROM cakes
    WHERE cakes.id IN (SELECT ol.cake_id FROM order_lines AS ol WHERE ol.order_id = %(id)s::uuid)
    ORDER BY cakes.id
    FOR NO KEY UPDATE OF cakes
"""

PLACE_REQUIRES = """
    SELECT
        ((SELECT count(*) FROM order_lines AS ol WHERE ol.order_id = orders.id) > 0 AND orders.pick_up_at > now() + interval '2 hours')
    FROM orders
    WHERE orders.id = %(id)s::uuid
"""

PLACE_RULES = [
    Rule(
        "order.place.require", "This must hold: count(lines) > 0 and pick_up_at > now() + hours(2)."
    ),
]

PLACE_MOVE = """
    UPDATE orders
    SET status = 'placed'
    WHERE orders.id = %(id)s
"""

PLACE_LINES = """
    SELECT ol.id
    FROM order_lines AS ol
    WHERE ol.order_id = %(id)s::uuid
    ORDER BY ol.id
"""

PLACE_ADJUST = """
    UPDATE cakes
    SET stock = cakes.stock - order_lines.quantity
    FROM order_lines
    WHERE order_lines.id = %(row.line)s::uuid
      AND cakes.id = order_lines.cake_id
      AND cakes.stock - order_lines.quantity >= 0
"""

PLACE_REFUSAL = """
    SELECT 'not enough '
    || coalesce((SELECT c.name FROM order_lines AS ol JOIN cakes AS c ON c.id = ol.cake_id WHERE ol.id = %(row.line)s::uuid), '')
"""

LOCK_FOR_READY = f"""
    SELECT orders.version, orders.status, 'baker' = ANY(%(roles)s) AS allowed
    {access.SOURCE}
    WHERE orders.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF orders
"""

READY_MOVE = """
    UPDATE orders
    SET status = 'ready'
    WHERE orders.id = %(id)s
"""

READY_MAIL_ORDER_READY = """
    SELECT
        (SELECT u.email FROM users AS u WHERE u.id = orders.customer_id),
        'Your order is ready',
        'Pick it up at ' || coalesce(to_jsonb(orders.pick_up_at) #>> '{}', '') || '.'
    FROM orders
    WHERE orders.id = %(id)s::uuid
"""

LOCK_FOR_CANCEL = f"""
    SELECT orders.version, orders.status, (orders.customer_id = %(actor)s OR 'baker' = ANY(%(roles)s)) AS allowed
    {access.SOURCE}
    WHERE orders.id = %(id)s AND {access.READABLE}
    FOR NO KEY UPDATE OF orders
"""

CANCEL_LOCK_CAKES = """
    SELECT cakes.id
    FROM cakes
    WHERE cakes.id IN (SELECT ol.cake_id FROM order_lines AS ol WHERE ol.order_id = %(id)s::uuid)
    ORDER BY cakes.id
    FOR NO KEY UPDATE OF cakes
"""

CANCEL_REQUIRES = """
    SELECT
        now() < orders.pick_up_at - interval '24 hours'
    FROM orders
    WHERE orders.id = %(id)s::uuid
"""

CANCEL_RULES = [Rule("order.cancel.require", "This must hold: now() < pick_up_at - hours(24).")]

CANCEL_MOVE = """
    UPDATE orders
    SET status = 'cancelled'
    WHERE orders.id = %(id)s
"""

CANCEL_LINES = """
    SELECT ol.id
    FROM order_lines AS ol
    WHERE ol.order_id = %(id)s::uuid
    ORDER BY ol.id
"""

CANCEL_ADJUST = """
    UPDATE cakes
    SET stock = cakes.stock + order_lines.quantity
    FROM order_lines
    WHERE order_lines.id = %(row.line)s::uuid
      AND cakes.id = order_lines.cake_id
      AND cakes.stock + order_lines.quantity <= 9007199254740991
"""


async def lock_for_place(connection: Connection, actor: Actor, order_key: UUID) -> tuple[int, str]:
    """Lock the order; returns its version and state.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_PLACE, {**actor.parameters, "id": order_key})
    return int(row[0]), row[1]


async def prepare_place(
    connection: Connection, actor: Actor, order_key: UUID, state: str
) -> dict[str, Any]:
    """Lock what it touches and refuse what is not possible: place an order.

    Returns the parameters of its statements. Raises 422 and 409 problems.
    """
    names: dict[str, Any] = {**actor.parameters, "id": order_key}
    await execute(connection, PLACE_LOCK_ORDER_LINES, names)
    await execute(connection, PLACE_LOCK_CAKES, names)
    if state != "cart":
        raise Rule("order.status", f"It is {state}: place is not possible now.").problem()
    await require_rules(connection, PLACE_REQUIRES, names, PLACE_RULES)
    return names


async def carry_out_place(connection: Connection, names: dict[str, Any]) -> None:
    """Carry it out: place an order. Violated rules roll everything back."""
    await execute(connection, PLACE_MOVE, names)
    for line in await fetch_all(connection, PLACE_LINES, names):
        names["row.line"] = line[0]
        if await execute(connection, PLACE_ADJUST, names) == 0:
            told = await written_row(connection, PLACE_REFUSAL, names)
            raise Rule("cake.stock.min", told[0]).problem()


async def lock_for_ready(connection: Connection, actor: Actor, order_key: UUID) -> tuple[int, str]:
    """Lock the order; returns its version and state.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_READY, {**actor.parameters, "id": order_key})
    return int(row[0]), row[1]


async def prepare_ready(
    connection: Connection, actor: Actor, order_key: UUID, state: str
) -> dict[str, Any]:
    """Lock what it touches and refuse what is not possible: ready an order.

    Returns the parameters of its statements. Raises 422 and 409 problems.
    """
    names: dict[str, Any] = {**actor.parameters, "id": order_key}
    if state != "placed":
        raise Rule("order.status", f"It is {state}: ready is not possible now.").problem()
    return names


async def carry_out_ready(connection: Connection, names: dict[str, Any]) -> None:
    """Carry it out: ready an order. Violated rules roll everything back."""
    await execute(connection, READY_MOVE, names)
    to, subject, text = await written_row(connection, READY_MAIL_ORDER_READY, names)
    await queue_email(connection, to=to, subject=subject, text=text)


async def lock_for_cancel(connection: Connection, actor: Actor, order_key: UUID) -> tuple[int, str]:
    """Lock the order; returns its version and state.

    Raises a 404 problem when the actor may not read it, 403 when they may not do this.
    """
    row = await lock_row(connection, LOCK_FOR_CANCEL, {**actor.parameters, "id": order_key})
    return int(row[0]), row[1]


async def prepare_cancel(
    connection: Connection, actor: Actor, order_key: UUID, state: str
) -> dict[str, Any]:
    """Lock what it touches and refuse what is not possible: cancel an order.

    Returns the parameters of its statements. Raises 422 and 409 problems.
    """
    names: dict[str, Any] = {**actor.parameters, "id": order_key}
    await execute(connection, CANCEL_LOCK_CAKES, names)
    if state != "placed":
        raise Rule("order.status", f"It is {state}: cancel is not possible now.").problem()
    await require_rules(connection, CANCEL_REQUIRES, names, CANCEL_RULES)
    return names


async def carry_out_cancel(connection: Connection, names: dict[str, Any]) -> None:
    """Carry it out: cancel an order. Violated rules roll everything back."""
    await execute(connection, CANCEL_MOVE, names)
    for line in await fetch_all(connection, CANCEL_LINES, names):
        names["row.line"] = line[0]
        if await execute(connection, CANCEL_ADJUST, names) == 0:
            raise Rule("cake.stock.max", "Stock would leave its limits.").problem()
