"""Who there is in the tests, and how each kind of row is made."""

from typing import Any

from tests.world import Plan, Ref

PEOPLE: dict[str, dict[str, Any]] = {
    "owner": {"roles": ["admin"]},
    "second": {"roles": ["admin"]},
    "stranger": {"roles": []},
}

PLANS: dict[str, Plan] = {
    "community": Plan("/communities", "owner", {"name": "name", "description": "Description"}),
    "membership": Plan("/memberships", "owner", {"community_id": Ref("community")}),
    "post": Plan(
        "/posts",
        "owner",
        {"title": "Title", "body": "Body and so on", "community_id": Ref("community")},
    ),
    "comment": Plan("/comments", "owner", {"body": "Body", "post_id": Ref("post")}),
    "vote": Plan("/votes", "second", {"value": -1, "post_id": Ref("post")}),
}
