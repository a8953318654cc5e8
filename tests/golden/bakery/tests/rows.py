"""Who there is in the tests, and how each kind of row is made."""

from typing import Any

from tests.world import Plan, Ref

PEOPLE: dict[str, dict[str, Any]] = {
    "owner": {"roles": ["admin", "baker", "customer"]},
    "second": {"roles": ["admin", "baker", "customer"]},
    "stranger": {"roles": []},
}

PLANS: dict[str, Plan] = {
    "cake": Plan(
        "/cakes", "owner", {"name": "Name", "flavour": "chocolate", "price": "10.00", "stock": 1}
    ),
    "order": Plan("/orders", "owner", {"pick_up_at": "2060-01-15T09:00:00+00:00"}),
    "order_line": Plan("/orders/{order}/lines", "owner", {"quantity": 1, "cake_id": Ref("cake")}),
}
