"""Who there is in the tests, and how each kind of row is made."""

from typing import Any

from tests.world import Plan

PEOPLE: dict[str, dict[str, Any]] = {
    "owner": {"roles": ["admin", "customer", "teller"]},
    "second": {"roles": ["admin", "customer", "teller"]},
    "stranger": {"roles": []},
}

PLANS: dict[str, Plan] = {
    "account": Plan("/accounts", "owner", {"iban": "AA0000000000000", "currency": "EUR"}),
    "second_account": Plan("/accounts", "owner", {"iban": "BA0000000000000", "currency": "EUR"}),
}
