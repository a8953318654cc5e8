"""Demo data: `python -m app seed`."""

from typing import Any

from app.cakes import repository as cakes
from app.cakes.schemas import CakeCreate
from app.core.db import Connection
from app.order_lines import repository as order_lines
from app.order_lines.schemas import OrderLineCreate
from app.orders import repository as orders
from app.orders import transitions as orders_transitions
from app.orders.schemas import OrderCreate
from app.profile import PROFILE
from app.rows.demo import Demo, Kind, Move, Ref, Row, Transition

PEOPLE: dict[str, dict[str, Any]] = {
    "anna": {"roles": ["admin", "baker", "customer"]},
    "ben": {"roles": ["admin", "baker", "customer"]},
    "david": {"roles": ["customer"]},
    "clara": {"roles": ["customer"]},
}

KINDS = {
    "cake": Kind(cakes.create, CakeCreate),
    "order": Kind(orders.create, OrderCreate),
    "order_line": Kind(order_lines.create, OrderLineCreate),
}

ROWS: list[Row] = [
    Row(
        "cake",
        "anna",
        {"name": "Carrot cake", "flavour": "chocolate", "price": "4.90", "stock": 12},
    ),
    Row("cake", "anna", {"name": "Lemon tart", "flavour": "lemon", "price": "12.50", "stock": 5}),
    Row(
        "cake",
        "anna",
        {"name": "Chocolate torte", "flavour": "carrot", "price": "19.00", "stock": 30},
    ),
    Row(
        "cake",
        "ben",
        {"name": "Apple strudel", "flavour": "chocolate", "price": "7.25", "stock": 8},
    ),
    Row("cake", "anna", {"name": "Cherry pie", "flavour": "lemon", "price": "34.00", "stock": 21}),
    Row("cake", "anna", {"name": "Cheesecake", "flavour": "carrot", "price": "89.90", "stock": 3}),
    Row(
        "cake",
        "anna",
        {"name": "Poppy seed cake", "flavour": "chocolate", "price": "149.00", "stock": 16},
    ),
    Row("cake", "ben", {"name": "Plum crumble", "flavour": "lemon", "price": "4.90", "stock": 40}),
    Row("cake", "anna", {"name": "Walnut loaf", "flavour": "carrot", "price": "12.50", "stock": 9}),
    Row(
        "cake",
        "anna",
        {"name": "Marble cake", "flavour": "chocolate", "price": "19.00", "stock": 25},
    ),
    Row(
        "cake", "anna", {"name": "Carrot cake 2", "flavour": "lemon", "price": "7.25", "stock": 12}
    ),
    Row("cake", "ben", {"name": "Lemon tart 2", "flavour": "carrot", "price": "34.00", "stock": 5}),
    Row(
        "cake",
        "anna",
        {"name": "Chocolate torte 2", "flavour": "chocolate", "price": "89.90", "stock": 30},
    ),
    Row(
        "cake",
        "anna",
        {"name": "Apple strudel 2", "flavour": "lemon", "price": "149.00", "stock": 8},
    ),
    Row(
        "cake", "anna", {"name": "Cherry pie 2", "flavour": "carrot", "price": "4.90", "stock": 21}
    ),
    Row(
        "cake",
        "ben",
        {"name": "Cheesecake 2", "flavour": "chocolate", "price": "12.50", "stock": 3},
    ),
    Row(
        "cake",
        "anna",
        {"name": "Poppy seed cake 2", "flavour": "lemon", "price": "19.00", "stock": 16},
    ),
    Row(
        "cake",
        "anna",
        {"name": "Plum crumble 2", "flavour": "carrot", "price": "7.25", "stock": 40},
    ),
    Row(
        "cake",
        "anna",
        {"name": "Walnut loaf 2", "flavour": "chocolate", "price": "34.00", "stock": 9},
    ),
    Row(
        "cake", "ben", {"name": "Marble cake 2", "flavour": "lemon", "price": "89.90", "stock": 25}
    ),
    Row(
        "cake",
        "anna",
        {"name": "Carrot cake 3", "flavour": "carrot", "price": "149.00", "stock": 12},
    ),
    Row(
        "cake",
        "anna",
        {"name": "Lemon tart 3", "flavour": "chocolate", "price": "4.90", "stock": 5},
    ),
    Row(
        "cake",
        "anna",
        {"name": "Chocolate torte 3", "flavour": "lemon", "price": "12.50", "stock": 30},
    ),
    Row(
        "cake",
        "ben",
        {"name": "Apple strudel 3", "flavour": "carrot", "price": "19.00", "stock": 8},
    ),
    Row("order", "anna", {"pick_up_at": "2060-01-15T09:00:00+00:00"}),
    Row(
        "order",
        "david",
        {
            "pick_up_at": "2060-01-16T09:00:00+00:00",
            "note": "A first version; comments are welcome.",
        },
    ),
    Row("order", "anna", {"pick_up_at": "2060-01-17T09:00:00+00:00"}),
    Row(
        "order",
        "ben",
        {
            "pick_up_at": "2060-01-18T09:00:00+00:00",
            "note": "Everything that was asked for is in here.",
        },
    ),
    Row(
        "order",
        "clara",
        {
            "pick_up_at": "2060-01-19T09:00:00+00:00",
            "note": "The short version: it works, and it is worth it.",
        },
    ),
    Row("order", "david", {"pick_up_at": "2060-01-20T09:00:00+00:00"}),
    Row(
        "order",
        "anna",
        {
            "pick_up_at": "2060-01-21T09:00:00+00:00",
            "note": "Some of it is new, most of it has stood the test of time.",
        },
    ),
    Row(
        "order",
        "ben",
        {
            "pick_up_at": "2060-01-22T09:00:00+00:00",
            "note": "We agreed on this in the last meeting.",
        },
    ),
    Row("order", "clara", {"pick_up_at": "2060-01-23T09:00:00+00:00"}),
    Row(
        "order",
        "david",
        {
            "pick_up_at": "2060-01-24T09:00:00+00:00",
            "note": "The details follow as soon as they are known.",
        },
    ),
    Row(
        "order",
        "anna",
        {
            "pick_up_at": "2060-01-25T09:00:00+00:00",
            "note": "Started in spring, finished a little later than planned.",
        },
    ),
    Row("order", "ben", {"pick_up_at": "2060-01-26T09:00:00+00:00"}),
    Row(
        "order",
        "clara",
        {
            "pick_up_at": "2060-01-27T09:00:00+00:00",
            "note": "Arrived in good time and just as described.",
        },
    ),
    Row(
        "order",
        "david",
        {
            "pick_up_at": "2060-01-28T09:00:00+00:00",
            "note": "A first version; comments are welcome.",
        },
    ),
    Row("order", "anna", {"pick_up_at": "2060-01-29T09:00:00+00:00"}),
    Row(
        "order",
        "ben",
        {
            "pick_up_at": "2060-01-30T09:00:00+00:00",
            "note": "Everything that was asked for is in here.",
        },
    ),
    Row(
        "order",
        "clara",
        {
            "pick_up_at": "2060-01-31T09:00:00+00:00",
            "note": "The short version: it works, and it is worth it.",
        },
    ),
    Row("order", "david", {"pick_up_at": "2060-02-01T09:00:00+00:00"}),
    Row(
        "order",
        "anna",
        {
            "pick_up_at": "2060-02-02T09:00:00+00:00",
            "note": "Some of it is new, most of it has stood the test of time.",
        },
    ),
    Row(
        "order",
        "ben",
        {
            "pick_up_at": "2060-02-03T09:00:00+00:00",
            "note": "We agreed on this in the last meeting.",
        },
    ),
    Row("order", "clara", {"pick_up_at": "2060-02-04T09:00:00+00:00"}),
    Row(
        "order",
        "david",
        {
            "pick_up_at": "2060-02-05T09:00:00+00:00",
            "note": "The details follow as soon as they are known.",
        },
    ),
    Row(
        "order",
        "anna",
        {
            "pick_up_at": "2060-02-06T09:00:00+00:00",
            "note": "Started in spring, finished a little later than planned.",
        },
    ),
    Row("order", "ben", {"pick_up_at": "2060-02-07T09:00:00+00:00"}),
    Row("order_line", "anna", {"quantity": 1, "cake_id": Ref("cake")}, (Ref("order"),)),
    Row("order_line", "anna", {"quantity": 2, "cake_id": Ref("cake", 5)}, (Ref("order"),)),
    Row("order_line", "anna", {"quantity": 1, "cake_id": Ref("cake", 10)}, (Ref("order"),)),
    Row("order_line", "david", {"quantity": 3, "cake_id": Ref("cake", 15)}, (Ref("order", 1),)),
    Row("order_line", "david", {"quantity": 2, "cake_id": Ref("cake", 20)}, (Ref("order", 1),)),
    Row("order_line", "david", {"quantity": 1, "cake_id": Ref("cake", 1)}, (Ref("order", 1),)),
    Row("order_line", "anna", {"quantity": 4, "cake_id": Ref("cake", 6)}, (Ref("order", 2),)),
    Row("order_line", "anna", {"quantity": 1, "cake_id": Ref("cake", 11)}, (Ref("order", 2),)),
    Row("order_line", "anna", {"quantity": 2, "cake_id": Ref("cake", 16)}, (Ref("order", 2),)),
    Row("order_line", "ben", {"quantity": 1, "cake_id": Ref("cake", 21)}, (Ref("order", 3),)),
    Row("order_line", "ben", {"quantity": 3, "cake_id": Ref("cake", 2)}, (Ref("order", 3),)),
    Row("order_line", "ben", {"quantity": 2, "cake_id": Ref("cake", 7)}, (Ref("order", 3),)),
    Row("order_line", "clara", {"quantity": 1, "cake_id": Ref("cake", 12)}, (Ref("order", 4),)),
    Row("order_line", "clara", {"quantity": 4, "cake_id": Ref("cake", 17)}, (Ref("order", 4),)),
    Row("order_line", "clara", {"quantity": 1, "cake_id": Ref("cake", 22)}, (Ref("order", 4),)),
    Row("order_line", "david", {"quantity": 2, "cake_id": Ref("cake", 3)}, (Ref("order", 5),)),
    Row("order_line", "david", {"quantity": 1, "cake_id": Ref("cake", 8)}, (Ref("order", 5),)),
    Row("order_line", "david", {"quantity": 3, "cake_id": Ref("cake", 13)}, (Ref("order", 5),)),
    Row("order_line", "anna", {"quantity": 2, "cake_id": Ref("cake", 18)}, (Ref("order", 6),)),
    Row("order_line", "anna", {"quantity": 1, "cake_id": Ref("cake", 23)}, (Ref("order", 6),)),
    Row("order_line", "anna", {"quantity": 4, "cake_id": Ref("cake", 4)}, (Ref("order", 6),)),
    Row("order_line", "ben", {"quantity": 1, "cake_id": Ref("cake", 9)}, (Ref("order", 7),)),
    Row("order_line", "ben", {"quantity": 2, "cake_id": Ref("cake", 14)}, (Ref("order", 7),)),
    Row("order_line", "ben", {"quantity": 1, "cake_id": Ref("cake", 19)}, (Ref("order", 7),)),
    Row("order_line", "clara", {"quantity": 3, "cake_id": Ref("cake")}, (Ref("order", 8),)),
    Row("order_line", "clara", {"quantity": 2, "cake_id": Ref("cake", 5)}, (Ref("order", 8),)),
    Row("order_line", "clara", {"quantity": 1, "cake_id": Ref("cake", 10)}, (Ref("order", 8),)),
    Row("order_line", "david", {"quantity": 4, "cake_id": Ref("cake", 15)}, (Ref("order", 9),)),
    Row("order_line", "david", {"quantity": 1, "cake_id": Ref("cake", 20)}, (Ref("order", 9),)),
    Row("order_line", "david", {"quantity": 2, "cake_id": Ref("cake", 1)}, (Ref("order", 9),)),
]

PLACE_ORDER = Transition(
    orders_transitions.lock_for_place,
    orders_transitions.prepare_place,
    orders_transitions.carry_out_place,
)

CANCEL_ORDER = Transition(
    orders_transitions.lock_for_cancel,
    orders_transitions.prepare_cancel,
    orders_transitions.carry_out_cancel,
)

MOVES = [
    Move("david", Ref("order", 1), PLACE_ORDER),
    Move("anna", Ref("order", 2), PLACE_ORDER),
    Move("anna", Ref("order", 2), CANCEL_ORDER),
    Move("ben", Ref("order", 3), PLACE_ORDER),
    Move("ben", Ref("order", 3), CANCEL_ORDER),
    Move("clara", Ref("order", 4), PLACE_ORDER),
    Move("clara", Ref("order", 4), CANCEL_ORDER),
    Move("anna", Ref("order", 6), PLACE_ORDER),
    Move("ben", Ref("order", 7), PLACE_ORDER),
    Move("ben", Ref("order", 7), CANCEL_ORDER),
    Move("clara", Ref("order", 8), PLACE_ORDER),
    Move("clara", Ref("order", 8), CANCEL_ORDER),
]


async def seed(connection: Connection) -> None:
    """Fill in the demo; a second run changes nothing."""
    await Demo(PEOPLE, KINDS, ROWS, MOVES).fill(connection, PROFILE)
