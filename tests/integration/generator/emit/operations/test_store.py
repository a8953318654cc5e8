"""Online store: transitions with effects over the lines of an order."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import pytest
from emitted_service import SignIn, created, refusal

BLUEPRINT = "docs/examples/05-online-store/blueprint.yaml"

_numbers = count(1)


@pytest.fixture
def admin(sign_in: SignIn) -> httpx.Client:
    return sign_in("admin", "admin")


@pytest.fixture
def ann(sign_in: SignIn) -> httpx.Client:
    return sign_in("ann", "customer")


@pytest.fixture
def product(admin: httpx.Client) -> Callable[[int], str]:
    """Makes a product with so many in stock; returns its id."""

    def make(stock: int) -> str:
        name = f"Product {next(_numbers)}"
        return str(created(admin, "/products", name=name, price="2.00", stock=stock)["id"])

    return make


def order(client: httpx.Client, **quantities: int) -> str:
    """A cart with these products (their ids with `p`) in it; returns its path."""
    path = f"/orders/{created(client, '/orders')['id']}"
    for key, quantity in quantities.items():
        created(client, f"{path}/lines", product_id=key.removeprefix("p"), quantity=quantity)
    return path


def stock(client: httpx.Client, product_id: str) -> int:
    return int(client.get(f"/products/{product_id}").json()["stock"])


def test_placing_takes_from_the_stock_and_cancelling_gives_back(
    ann: httpx.Client, product: Callable[[int], str]
) -> None:
    one, two = product(5), product(5)
    path = order(ann, **{f"p{one}": 2, f"p{two}": 5})
    placed = ann.post(f"{path}/place")
    assert (placed.status_code, placed.json()["status"]) == (200, "placed")
    assert ann.get(path).headers["etag"] == placed.headers["etag"]
    assert (stock(ann, one), stock(ann, two)) == (3, 0)
    assert ann.post(f"{path}/cancel", json={}).json()["status"] == "cancelled"
    assert (stock(ann, one), stock(ann, two)) == (5, 5)


def test_what_is_short_is_named_and_nothing_is_taken(
    ann: httpx.Client, product: Callable[[int], str]
) -> None:
    plenty, short = product(9), product(1)
    path = order(ann, **{f"p{plenty}": 3, f"p{short}": 2})
    answer = ann.post(f"{path}/place")
    assert refusal(answer) == (409, "product.stock.min")
    name = ann.get(f"/products/{short}").json()["name"]
    assert answer.json()["detail"] == f"not enough {name}"
    assert (stock(ann, plenty), stock(ann, short)) == (9, 1)
    assert ann.get(path).json()["status"] == "cart"


def test_refusals_in_order(
    ann: httpx.Client,
    admin: httpx.Client,
    sign_in: SignIn,
    anonymous: httpx.Client,
) -> None:
    path = order(ann)
    assert anonymous.post(f"{path}/place").status_code == 401
    assert sign_in("eve", "customer").post(f"{path}/place").status_code == 404
    assert admin.post(f"{path}/place", content=b"{").status_code == 403
    assert ann.post(f"{path}/place", content=b"{").status_code == 415
    assert ann.post(f"{path}/place", json=[]).status_code == 422
    stale = ann.post(f"{path}/place", json={"a": 1}, headers={"If-Match": '"999"'})
    assert stale.status_code == 412
    assert refusal(ann.post(f"{path}/place", json={"a": 1})) == (422, "/a")
    assert refusal(ann.post(f"{path}/place")) == (409, "order.place.require")
    wrong = ann.post(f"{path}/cancel")
    assert refusal(wrong) == (409, "order.status")
    assert "cart" in wrong.json()["detail"]


def test_the_last_item_is_sold_once(
    ann: httpx.Client,
    product: Callable[[int], str],
    at_once: Callable[..., list[httpx.Response]],
) -> None:
    rare, common = product(1), product(100)
    paths = [order(ann, **{f"p{rare}": 1, f"p{common}": 1}) for _ in range(6)]
    answers = at_once(*(lambda path=path: ann.post(f"{path}/place") for path in paths))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    assert (stock(ann, rare), stock(ann, common)) == (0, 99)


def test_an_order_is_placed_once(
    ann: httpx.Client,
    product: Callable[[int], str],
    at_once: Callable[..., list[httpx.Response]],
) -> None:
    some = product(50)
    path = order(ann, **{f"p{some}": 1})
    answers = at_once(*(lambda: ann.post(f"{path}/place") for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    refused = [refusal(answer) for answer in answers if answer.status_code == 409]
    assert set(refused) == {(409, "order.status")}
    assert stock(ann, some) == 49


def test_a_transition_with_a_key_is_done_once(
    ann: httpx.Client, product: Callable[[int], str]
) -> None:
    path = order(ann, **{f"p{product(3)}": 1})
    key: dict[str, Any] = {"headers": {"Idempotency-Key": "place"}}
    first, again = ann.post(f"{path}/place", **key), ann.post(f"{path}/place", **key)
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["idempotency-replayed"] == "true"
