"""Who there is in the tests, and how each kind of row is made."""

from typing import Any

from tests.world import Plan

PEOPLE: dict[str, dict[str, Any]] = {
    "owner": {"roles": ["admin"]},
    "second": {"roles": ["admin"]},
    "stranger": {"roles": []},
}

PLANS: dict[str, Plan] = {"todo": Plan("/todos", "owner", {"title": "Title"})}
