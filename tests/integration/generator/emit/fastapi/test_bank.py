"""Bank: rows that only operations make, a ledger that never changes."""

from __future__ import annotations

import httpx
import pytest
from emitted_service import SignIn, created, refusal

PROJECT = "bank"


@pytest.fixture
def ann(sign_in: SignIn) -> httpx.Client:
    return sign_in("ann", "customer")


def test_accounts_have_what_their_type_says(ann: httpx.Client, sign_in: SignIn) -> None:
    account = created(ann, "/accounts", iban="DE1234567890123", currency="EUR")
    assert account["balance"] == "0.00"
    address = f"/accounts/{account['id']}"
    taken = ann.post("/accounts", json={"iban": "DE1234567890123", "currency": "USD"})
    assert refusal(taken) == (409, "account.iban.unique")
    wrong = ann.post("/accounts", json={"iban": "de12", "currency": "EUR"})
    assert refusal(wrong) == (422, "/iban")
    assert ann.patch(address, json={}).status_code == 405
    assert ann.delete(address).headers["allow"] == "GET, HEAD"
    assert sign_in("bob", "customer").get(address).status_code == 404
    assert sign_in("teller", "teller").get(address).status_code == 404


def test_entries_and_transfers_are_made_by_operations_alone(ann: httpx.Client) -> None:
    account = created(ann, "/accounts", iban="FR1234567890123", currency="EUR")
    entries = f"/accounts/{account['id']}/entries"
    body = {"amount": "5.00"}
    assert ann.post(entries, json=body).status_code in (404, 405)
    assert ann.post("/transfers", json={"amount": "5.00"}).status_code == 405
    assert ann.get("/transfers").json()["items"] == []
