"""Who there is in the tests, and how each kind of row is made."""

from typing import Any

from tests.world import Plan, Ref

PEOPLE: dict[str, dict[str, Any]] = {
    "owner": {"roles": ["admin", "librarian", "patron"], "display_name": "Display name"},
    "second": {"roles": ["admin", "librarian", "patron"], "display_name": "Display name"},
    "stranger": {"roles": [], "display_name": "Display name"},
}

PLANS: dict[str, Plan] = {
    "branch": Plan("/branches", "owner", {"name": "Name"}),
    "topic": Plan("/subject-matter", "owner", {"name": "name"}),
    "room": Plan("/branches/{branch}/rooms", "owner", {"number": 1}),
    "shelf": Plan("/branches/{branch}/rooms/{room}/shelves", "owner", {"label": "A0"}),
    "item": Plan(
        "/items",
        "owner",
        {"title": "Title", "code": "AA-0000", "price": "10.00", "topic_id": Ref("topic")},
    ),
    "loan": Plan("/loans", "owner", {"due_on": "2060-01-15", "item_id": Ref("item")}),
    "booking": Plan(
        "/bookings",
        "owner",
        {
            "starts_at": "2060-01-15T09:00:00+00:00",
            "ends_at": "2060-01-16T09:00:00+00:00",
            "people": 1,
            "room_id": Ref("room"),
        },
    ),
    "account": Plan("/accounts", "owner", {}),
    "entry": Plan("/accounts/{account}/entries", "owner", {"amount": "10.00"}),
    "rating": Plan("/ratings", "owner", {"stars": 1, "item_id": Ref("item")}),
    "note": Plan("/notes", "owner", {"text": "Text"}),
    "memo": Plan("/memos", "owner", {"text": "Text"}),
}
