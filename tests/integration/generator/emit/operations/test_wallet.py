"""Wallet: operations over two rows at once; all or nothing, once a key, whatever the order."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import psycopg
import pytest
from emitted_service import SignIn, created, refusal

BLUEPRINT = "docs/examples/09-wallet/blueprint.yaml"

_keys = count(1)


@pytest.fixture
def ann(sign_in: SignIn) -> httpx.Client:
    return sign_in("ann")


@pytest.fixture
def bob(sign_in: SignIn) -> httpx.Client:
    return sign_in("bob")


def do(client: httpx.Client, operation: str, key: str = "", **body: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key or f"key-{next(_keys)}"}
    return client.post(f"/operations/{operation}", json=body, headers=headers)


def account(client: httpx.Client, amount: str = "", currency: str = "EUR") -> str:
    """A new account with some money; returns its id."""
    row = created(client, "/accounts", name="Main", currency=currency)
    if amount:
        assert do(client, "deposit", account_id=row["id"], amount=amount).status_code == 201
    return str(row["id"])


def balance(client: httpx.Client, account_id: str) -> str:
    return str(client.get(f"/accounts/{account_id}").json()["balance"])


def test_a_created_row_is_answered_with_its_address(ann: httpx.Client) -> None:
    mine = account(ann)
    answer = do(ann, "deposit", account_id=mine, amount="12.50", memo="salary")
    assert answer.status_code == 201
    assert answer.json()["amount"] == "12.50"
    assert answer.json()["kind"] == "deposit"
    assert answer.headers["location"] == f"/accounts/{mine}/entries/{answer.json()['id']}"
    read = ann.get(answer.headers["location"])
    assert (read.json(), read.headers["etag"]) == (answer.json(), answer.headers["etag"])


def test_a_transfer_moves_money(ann: httpx.Client, bob: httpx.Client) -> None:
    mine, his = account(ann, "10.00"), account(bob)
    answer = do(ann, "transfer", source_id=mine, target_id=his, amount="4.00")
    assert answer.status_code == 201
    assert (balance(ann, mine), balance(bob, his)) == ("6.00", "4.00")
    assert bob.get(answer.headers["location"]).json() == answer.json()


def test_a_refused_effect_takes_everything_back(
    ann: httpx.Client, bob: httpx.Client, held: psycopg.Connection
) -> None:
    mine, his = account(ann, "10.00"), account(bob)
    answer = do(ann, "transfer", source_id=mine, target_id=his, amount="10.01")
    assert refusal(answer) == (409, "account.balance.never_below")
    assert (balance(ann, mine), balance(bob, his)) == ("10.00", "0.00")
    found = held.execute("SELECT count(*) FROM transfers WHERE source_id = %s", (mine,)).fetchone()
    assert found == (0,)


def test_requirements_have_their_own_status(ann: httpx.Client) -> None:
    mine, dollars = account(ann, "10.00"), account(ann, currency="USD")
    same = do(ann, "transfer", source_id=mine, target_id=mine, amount="1.00")
    assert refusal(same) == (422, "transfer.require")
    other = do(ann, "transfer", source_id=mine, target_id=dollars, amount="1.00")
    assert refusal(other) == (409, "transfer.require_2")
    assert other.json()["detail"] == "The accounts have different currencies."


def test_foreign_references_look_like_none(ann: httpx.Client, bob: httpx.Client) -> None:
    his = account(bob, "10.00")
    nothing = "01890000-0000-7000-8000-000000000000"
    foreign = do(ann, "withdraw", account_id=his, amount="1.00")
    missing = do(ann, "withdraw", account_id=nothing, amount="1.00")
    assert refusal(foreign) == (422, "/account_id")
    assert foreign.json()["errors"][0]["code"] == "reference"
    assert {**foreign.json(), "request_id": ""} == {**missing.json(), "request_id": ""}
    assert balance(bob, his) == "10.00"


def test_order_of_refusals(ann: httpx.Client, anonymous: httpx.Client) -> None:
    address, key = "/operations/deposit", {"Idempotency-Key": "order"}
    assert anonymous.post(address, content=b"{").status_code == 401
    assert ann.post(address, content=b"{", headers=key).status_code == 415
    assert ann.post(address, json={}).status_code == 400
    assert refusal(ann.post(address, json={"amount": "1.00"}, headers=key)) == (422, "/account_id")
    assert ann.get(address).status_code == 405


def test_a_key_is_worth_one_deposit(ann: httpx.Client) -> None:
    mine = account(ann)
    first = do(ann, "deposit", "once", account_id=mine, amount="5.00")
    again = do(ann, "deposit", "once", account_id=mine, amount="5.00")
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert do(ann, "deposit", "once", account_id=mine, amount="6.00").status_code == 409
    assert balance(ann, mine) == "5.00"


def test_crossing_transfers(
    ann: httpx.Client, bob: httpx.Client, at_once: Callable[..., list[httpx.Response]]
) -> None:
    mine, his = account(ann, "100.00"), account(bob, "100.00")
    there = [
        lambda: do(ann, "transfer", source_id=mine, target_id=his, amount="3.00") for _ in range(8)
    ]
    back = [
        lambda: do(bob, "transfer", source_id=his, target_id=mine, amount="2.00") for _ in range(8)
    ]
    answers = at_once(*(request for pair in zip(there, back, strict=True) for request in pair))
    assert [answer.status_code for answer in answers] == [201] * 16
    assert (balance(ann, mine), balance(bob, his)) == ("92.00", "108.00")


def test_the_last_money_is_spent_once(
    ann: httpx.Client, at_once: Callable[..., list[httpx.Response]]
) -> None:
    mine = account(ann, "10.00")
    answers = at_once(
        *(lambda: do(ann, "withdraw", account_id=mine, amount="7.00") for _ in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert balance(ann, mine) == "3.00"


def test_openapi_tells_of_operations(anonymous: httpx.Client) -> None:
    document = anonymous.get("/openapi.json").json()
    operation = document["paths"]["/operations/transfer"]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    assert body.endswith("/TransferInput")
    assert set(operation["responses"]) >= {"201", "400", "401", "409", "415", "422"}
    assert set(operation["responses"]["201"]["headers"]) == {"ETag", "Location"}
