"""The model's transitions, operations, lists and reports, by docs/blueprint.md."""

from __future__ import annotations

import pytest
from bench import NOBODY, Bench

SHOP = """
accounts: {sign_up: open, roles: [keeper]}
time_zone: Europe/Berlin
entities:
  Product:
    guarded: true
    fields:
      name: {type: string, search: true, sort: true}
      stock: {type: integer, min: 0, max: 20, filter: true, sort: true}
      note: {type: string, optional: true, filter: true, sort: true}
    relations: {lines: {many: Line}}
    access: {list: public, read: public, create: keeper, update: keeper, delete: keeper}
  Order:
    owner: buyer
    fields:
      paid_at: {type: datetime, optional: true, editable_by: nobody}
      total: {type: integer, derived: sum(lines.count)}
    relations: {buyer: {to: User}, lines: {many: Line}}
    states:
      initial: cart
      transitions:
        place:
          from: cart
          to: placed
          by: owner
          require: count(lines) > 0
          effects:
            - {each: lines as line, decrease: line.product.stock, by: line.count, else: "too few"}
            - {set: paid_at, to: now()}
        drop: {from: [cart, placed], to: dropped, by: [owner, keeper]}
    access: {list: [owner, keeper], read: [owner, keeper], create: authenticated, update: owner}
  Line:
    part_of: order
    fields: {count: {type: integer, min: 1}}
    relations: {order: {to: Order}, product: {to: Product}}
  Gift:
    owner: giver
    append_only: true
    fields: {count: integer}
    relations: {giver: {to: User}, product: {to: Product}}
    access: {list: owner, read: owner}
  Vote:
    owner: voter
    upsert: [product, voter]
    fields: {value: integer}
    relations: {product: {to: Product}, voter: {to: User}}
    access: {list: owner, read: owner, create: authenticated}
operations:
  give:
    by: authenticated
    input: {product: {ref: Product}, count: {type: integer, min: 1}}
    require:
      - input.count < 10
      - product.stock > 1
    effects:
      - {create: Gift as gift, with: {product: input.product, count: input.count}}
      - {decrease: product.stock, by: input.count}
    returns: gift
    idempotent: true
reports:
  placed:
    of: Order
    where: status != 'cart'
    count: true
    per: {state: status}
    period: created_at
    by: authenticated
feeds:
  scarce: {of: Product, where: stock < 5, sort: name, by: authenticated}
"""


@pytest.fixture
def shop() -> Bench:
    return Bench(SHOP)


def product(shop: Bench, stock: int = 9, name: str = "Pen") -> str:
    return str(shop.made("keeper", "/products", {"name": name, "stock": stock})["id"])


def order(shop: Bench, *lines: tuple[str, int]) -> str:
    path = f"/orders/{shop.made('ann', '/orders', {})['id']}"
    for pen, count in lines:
        shop.made("ann", f"{path}/lines", {"product_id": pen, "count": count})
    return path


def test_transitions_refuse_in_their_order(shop: Bench) -> None:
    path = order(shop)
    assert shop.status("", "POST", f"{path}/place") == 401
    assert shop.status("bob", "POST", f"{path}/place") == 404
    assert shop.status("keeper", "POST", f"{path}/place") == 403
    assert shop.status("ann", "POST", f"{path}/place", [1]) == 422
    assert shop.broken("ann", "POST", f"{path}/place") == (409, "order.place.require")
    shop.made("ann", f"{path}/drop")
    assert shop.broken("ann", "POST", f"{path}/place") == (409, "order.status")


def test_effects_happen_all_or_not_at_all(shop: Bench) -> None:
    pen, ink = product(shop, 9), product(shop, 1, "Ink")
    path = order(shop, (pen, 4), (ink, 2))
    assert shop.broken("ann", "POST", f"{path}/place") == (409, "product.stock.min")
    assert shop.seen("", f"/products/{pen}")["stock"] == 9
    path = order(shop, (pen, 4))
    placed = shop.made("ann", f"{path}/place")
    assert (placed["status"], placed["total"]) == ("placed", 4)
    assert placed["paid_at"] is not None
    assert shop.seen("", f"/products/{pen}")["stock"] == 5


def test_operations(shop: Bench) -> None:
    pen = product(shop, 5)
    path, body = "/operations/give", {"product_id": pen, "count": 3}
    assert shop.status("ann", "POST", path, body) == 400
    key = {"idempotency_key": "k1"}
    assert shop.status("ann", "POST", path, {**body, "count": 0}, **key) == 422
    assert shop.status("ann", "POST", path, {**body, "product_id": NOBODY}, **key) == 422
    many = shop.send("ann", "POST", path, {**body, "count": 11}, **key)
    assert (many.status, many.json["rule"]) == (422, "give.require")
    gift = shop.made("ann", path, body, **key)
    assert (gift["count"], gift["giver_id"]) == (3, shop.id("ann"))
    assert shop.made("ann", path, body, **key) == gift
    assert shop.status("ann", "POST", path, {**body, "count": 2}, **key) == 409
    assert shop.seen("", f"/products/{pen}")["stock"] == 2
    shop.made("ann", path, {**body, "count": 1}, idempotency_key="k2")
    few = shop.send("ann", "POST", path, {**body, "count": 1}, idempotency_key="k3")
    assert (few.status, few.json["rule"]) == (409, "give.require_2")
    assert shop.status("ann", "DELETE", f"/gifts/{gift['id']}") in (404, 405)


def test_upsert_replaces(shop: Bench) -> None:
    pen = product(shop)
    first = shop.send("ann", "POST", "/votes", {"product_id": pen, "value": 1})
    again = shop.send("ann", "POST", "/votes", {"product_id": pen, "value": 2})
    other = shop.send("bob", "POST", "/votes", {"product_id": pen, "value": 1})
    assert [first.status, again.status, other.status] == [201, 200, 201]
    assert again.json["id"] == first.json["id"]
    assert [row["value"] for row in shop.seen("ann", "/votes")["items"]] == [2]


def test_etags(shop: Bench) -> None:
    path = f"/products/{product(shop)}"
    etag = shop.send("", "GET", path).header("etag")
    assert shop.status("", "GET", path, If_None_Match=etag) == 304
    assert shop.status("keeper", "PATCH", path, {"stock": 1}) == 428
    assert shop.status("keeper", "PATCH", path, {"stock": 1}, If_Match=etag) == 200
    assert shop.status("keeper", "PATCH", path, {"stock": 2}, If_Match=etag) == 412
    assert shop.status("keeper", "PATCH", path, {"stock": 99}, If_Match=etag) == 412


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("stock=2", ["Ink"]),
        ("stock.gte=5", ["Pad", "Pen"]),
        ("stock.lt=5", ["Ink"]),
        ("note.null=true", ["Ink", "Pen"]),
        ("note=soft", ["Pad"]),
        ("q=P", ["Pad", "Pen"]),
        ("q=p%20A", ["Pad"]),
        ("sort=-stock", ["Pen", "Pad", "Ink"]),
        ("sort=note,name", ["Pad", "Ink", "Pen"]),
        ("sort=-note,name", ["Ink", "Pen", "Pad"]),
        ("limit=1&sort=name", ["Ink"]),
    ],
)
def test_lists(shop: Bench, query: str, names: list[str]) -> None:
    for name, stock, note in (("Pen", 9, None), ("Ink", 2, None), ("Pad", 7, "soft")):
        shop.made("keeper", "/products", {"name": name, "stock": stock, "note": note})
    found = [row["name"] for row in shop.seen("", f"/products?{query}")["items"]]
    assert found == names if "sort" in query else sorted(found) == names


@pytest.mark.parametrize(
    "query",
    ["stok=1", "stock=x", "stock.gte=", "limit=0", "limit=101", "sort=secret", "cursor=zzz",
     "stock.null=true", "name=Pen"],
)  # fmt: skip
def test_wrong_parameters_of_lists(shop: Bench, query: str) -> None:
    assert shop.status("", "GET", f"/products?{query}") == 422


def test_pages(shop: Bench) -> None:
    for name in "ABC":
        product(shop, name=name)
    first = shop.seen("", "/products?limit=2&sort=name")
    rest = shop.seen("", f"/products?limit=2&sort=name&cursor={first['next_cursor']}")
    assert [row["name"] for row in first["items"] + rest["items"]] == ["A", "B", "C"]
    assert rest["next_cursor"] is None
    other_sort = f"/products?limit=2&sort=-name&cursor={first['next_cursor']}"
    assert shop.status("", "GET", other_sort) == 422


def test_reports_and_feeds_show_readable_rows(shop: Bench) -> None:
    pen = product(shop, 4)
    shop.made("ann", f"{order(shop, (pen, 1))}/place")
    shop.made("ann", f"{order(shop)}/drop")
    order(shop)
    rows = [{"state": "dropped", "value": 1}, {"state": "placed", "value": 1}]
    assert shop.seen("ann", "/reports/placed")["rows"] == rows
    assert shop.seen("keeper", "/reports/placed")["rows"] == rows
    assert shop.seen("bob", "/reports/placed")["rows"] == []
    assert shop.seen("ann", "/reports/placed?to=2020-01-01")["rows"] == []
    assert shop.status("ann", "GET", "/reports/placed?from=soon") == 422
    assert shop.status("", "GET", "/feeds/scarce") == 401
    assert [row["id"] for row in shop.seen("bob", "/feeds/scarce")["items"]] == [pen]


def test_bodies_that_cannot_be_read(shop: Bench) -> None:
    assert shop.status("keeper", "POST", "/products", b"{", content_type="application/json") == 400
    assert shop.status("keeper", "POST", "/products", b"a=1", content_type="text/plain") == 415
    assert shop.status("keeper", "POST", "/products", ["a"]) == 422
    assert shop.status("ann", "POST", "/products", b"{", content_type="application/json") == 403


def test_the_last_admin_stays_one(shop: Bench) -> None:
    own, other = f"/users/{shop.id('admin')}/roles", f"/users/{shop.id('bob')}/roles"
    refusal = shop.broken("admin", "PUT", own, {"roles": ["keeper"]})
    assert refusal == (409, "user.last_admin")
    assert shop.status("admin", "PUT", other, {"roles": ["admin"]}) == 200
    assert shop.status("admin", "PUT", own, {"roles": ["keeper"]}) == 200
    assert shop.broken("admin", "PUT", other, {"roles": []}) == (409, "user.last_admin")
