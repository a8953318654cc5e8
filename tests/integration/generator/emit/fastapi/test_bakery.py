"""Bakery: roles, a part with copied and computed values, a file, rules on when a row may change."""

from __future__ import annotations

import base64

import httpx
import pytest
from emitted_service import SignIn, created, refusal

PROJECT = "bakery"

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def baker(sign_in: SignIn) -> httpx.Client:
    return sign_in("baker", "baker")


@pytest.fixture
def ann(sign_in: SignIn) -> httpx.Client:
    return sign_in("ann", "customer")


@pytest.fixture
def cake(baker: httpx.Client) -> dict[str, object]:
    return created(baker, "/cakes", name="Sacher", flavour="chocolate", price="12.5", stock=10)


def test_only_bakers_bake(ann: httpx.Client, anonymous: httpx.Client, cake: dict[str, str]) -> None:
    body = {"name": "Mine", "flavour": "lemon", "price": "1.00", "stock": 1}
    assert ann.post("/cakes", json={"no": "body"}).status_code == 403  # before the body is judged
    assert anonymous.post("/cakes", json=body).status_code == 401
    address = f"/cakes/{cake['id']}"
    assert anonymous.get(address).json() == cake
    assert cake["price"] == "12.50"
    assert ann.patch(address, json={"stock": 0}).status_code == 403
    assert ann.delete(address).status_code == 403


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"price": 12.5}, "/price"),
        ({"price": "0.001"}, "/price"),
        ({"price": "0.00"}, "/price"),
        ({"stock": "3"}, "/stock"),
        ({"stock": -1}, "/stock"),
        ({"stock": 1.0}, "/stock"),
        ({"flavour": "mud"}, "/flavour"),
        ({"name": "two\nlines"}, "/name"),
        ({"name": "x" * 81}, "/name"),
        ({"picture": None}, "/picture"),
        ({"id": "x"}, "/id"),
    ],
)
def test_values_are_refused_by_field(
    baker: httpx.Client, cake: dict[str, str], body: dict[str, object], pointer: str
) -> None:
    address = f"/cakes/{cake['id']}"
    assert refusal(baker.patch(address, json=body)) == (422, pointer)
    assert baker.get(address).json() == cake


def test_a_part_belongs_to_its_parent(
    sign_in: SignIn, ann: httpx.Client, cake: dict[str, str]
) -> None:
    bob = sign_in("bob", "customer")
    order = created(ann, "/orders", pick_up_at="2040-05-01T10:00:00+02:00")
    assert order["pick_up_at"] == "2040-05-01T08:00:00+00:00"
    assert order["status"] == "cart"
    assert order["total"] == "0.00"
    lines = f"/orders/{order['id']}/lines"

    line = created(ann, lines, quantity=3, cake_id=cake["id"])
    assert line["unit_price"] == "12.50"
    assert line["amount"] == "37.50"
    assert ann.get(f"/orders/{order['id']}").json()["total"] == "37.50"
    assert ann.get(f"/orders/{order['id']}").headers["etag"] != '"1"'

    assert refusal(ann.post(lines, json={"quantity": 1, "cake_id": cake["id"]})) == (
        409,
        "order_line.unique",
    )
    assert refusal(ann.post(lines, json={"quantity": 0, "cake_id": line["id"]})) == (
        422,
        "/quantity",
    )
    assert refusal(ann.post(lines, json={"quantity": 1, "cake_id": line["id"]})) == (
        422,
        "/cake_id",
    )
    for path in (lines, f"{lines}/{line['id']}"):
        assert bob.get(path).status_code == 404
    assert bob.post(lines, json={"quantity": 1, "cake_id": cake["id"]}).status_code == 404
    mine = created(bob, "/orders", pick_up_at="2040-05-01T10:00:00Z")
    assert bob.get(f"/orders/{mine['id']}/lines/{line['id']}").status_code == 404
    assert ann.patch(f"{lines}/{line['id']}", json={"cake_id": cake["id"]}).status_code == 422
    changed = ann.patch(f"{lines}/{line['id']}", json={"quantity": 2})
    assert changed.json()["amount"] == "25.00"
    assert ann.get(f"/orders/{order['id']}").json()["total"] == "25.00"
    assert ann.delete(f"{lines}/{line['id']}").status_code == 204
    assert ann.get(f"/orders/{order['id']}").json()["total"] == "0.00"


def test_what_is_in_use_is_not_deleted(
    baker: httpx.Client, ann: httpx.Client, cake: dict[str, str]
) -> None:
    order = created(ann, "/orders", pick_up_at="2040-05-01T10:00:00Z")
    created(ann, f"/orders/{order['id']}/lines", quantity=1, cake_id=cake["id"])
    refused = baker.delete(f"/cakes/{cake['id']}")
    assert refused.status_code == 409
    assert "OrderLine" in refused.text
    assert ann.delete(f"/orders/{order['id']}").status_code == 204
    assert baker.delete(f"/cakes/{cake['id']}").status_code == 204


def test_a_picture_is_kept_and_given_out(
    baker: httpx.Client, ann: httpx.Client, anonymous: httpx.Client, cake: dict[str, str]
) -> None:
    address = f"/cakes/{cake['id']}"
    picture = f"{address}/picture"
    png = {"Content-Type": "image/png"}
    assert cake["picture"] is None
    assert anonymous.get(picture).status_code == 404
    assert ann.put(picture, content=PIXEL, headers=png).status_code == 403
    assert baker.put(picture, content=b"<html>", headers=png).status_code == 415
    before = baker.get(address).headers["etag"]
    stored = baker.put(picture, content=PIXEL, headers=png)
    assert stored.status_code == 204
    assert stored.headers["etag"] == baker.get(address).headers["etag"] != before
    assert baker.get(address).json()["picture"] == {"content_type": "image/png", "size": len(PIXEL)}
    given = anonymous.get(picture)
    assert given.content == PIXEL
    assert given.headers["x-content-type-options"] == "nosniff"
    assert baker.delete(picture).status_code == 204
    assert baker.delete(picture).status_code == 204
    assert anonymous.get(picture).status_code == 404


def test_lists_are_filtered(baker: httpx.Client, anonymous: httpx.Client) -> None:
    created(baker, "/cakes", name="Zitrone", flavour="lemon", price="9.00", stock=1)
    found = anonymous.get("/cakes", params={"flavour": "lemon", "q": "ZITR"}).json()["items"]
    assert [cake["name"] for cake in found] == ["Zitrone"]
    for wrong in ("flavour=mud", "price=1", "limit=0", "limit=101", "sort=price", "nonsense=1"):
        assert anonymous.get(f"/cakes?{wrong}").status_code == 422
