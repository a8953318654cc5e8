"""Demo data: `python -m app seed`."""

from typing import Any

from app.cakes import repository as cakes
from app.cakes.schemas import CakeCreate
from app.core.db import Connection
from app.order_lines import repository as order_lines
from app.order_lines.schemas import OrderLineCreate
from app.orders import repository as orders
from app.orders.schemas import OrderCreate
from app.profile import PROFILE
from app.rows.demo import demo_people

PEOPLE: dict[str, dict[str, Any]] = {"owner": {"roles": ["admin", "baker", "customer"]}}


async def seed(connection: Connection) -> None:
    """Fill in one row of each kind; a second run changes nothing."""
    people = await demo_people(connection, PROFILE, PEOPLE)
    if people is None:
        return
    cake_key, *_ = await cakes.create(
        connection,
        people["owner"],
        CakeCreate.model_validate(
            {"name": "Name", "flavour": "chocolate", "price": "10.00", "stock": 1}
        ),
    )
    order_key, *_ = await orders.create(
        connection,
        people["owner"],
        OrderCreate.model_validate({"pick_up_at": "2060-01-15T09:00:00+00:00"}),
    )
    await order_lines.create(
        connection,
        people["owner"],
        order_key,
        OrderLineCreate.model_validate({"quantity": 1, "cake_id": str(cake_key)}),
    )
