"""Values of fields in the model, by docs/blueprint.md, §4."""

from __future__ import annotations

from typing import Any

import pytest
from bench import Bench

from local_engine.generator.blueprint.resolved import Field, FieldType
from local_engine.verification.model.defaults import slug_of
from local_engine.verification.model.values import Invalid, read, show

MONEY = Field("x", FieldType.MONEY, places=2)
VALUES = """
entities:
  Item:
    owner: author
    fields:
      title: {type: string, max: 20}
      slug: {type: slug, unique: true, default: slug(title)}
      price: {type: money, min: 0.01}
      count: {type: integer, default: 3}
      total: {type: money, computed: price * count / 8}
      due_on: {type: date, default: today() + days(2)}
      code: {type: string, private: true, default: hidden}
      note: {type: string, optional: true}
      kind: {type: enum, values: [a, b], immutable: true, default: a}
      average: {type: decimal, places: 2, derived: avg(marks.value)}
      best: {type: integer, derived: max(marks.value)}
      listed_price: {type: money, computed: price}
    relations: {author: {to: User}, marks: {many: Mark}}
    access: {list: public, read: public, create: authenticated, update: owner, delete: owner}
  Mark:
    part_of: item
    fields:
      value: integer
      price: {type: money, copied_from: item.price}
    relations: {item: {to: Item}}
"""


@pytest.mark.parametrize(
    ("field", "given", "shown"),
    [
        (Field("x", FieldType.STRING), "a b", "a b"),
        (Field("x", FieldType.INTEGER), -5, -5),
        (Field("x", FieldType.DECIMAL, places=4), "0.5", "0.5000"),
        (MONEY, "4.5", "4.50"),
        (Field("x", FieldType.TIME), "14:30", "14:30:00"),
        (
            Field("x", FieldType.DATETIME),
            "2026-02-28T14:30:00+01:00",
            "2026-02-28T13:30:00+00:00",
        ),
        (
            Field("x", FieldType.DATETIME),
            "2026-02-28T14:30:00.250000Z",
            "2026-02-28T14:30:00.25+00:00",
        ),
        (Field("x", FieldType.DURATION), "P1DT12H", "PT36H"),
        (Field("x", FieldType.LIST, item_type=FieldType.INTEGER), [1, 2], [1, 2]),
    ],
)
def test_values_come_back_in_their_form(field: Field, given: Any, shown: Any) -> None:
    assert show(field, read(field, given)) == shown


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        (Field("x", FieldType.STRING), ""),
        (Field("x", FieldType.STRING), "two\nlines"),
        (Field("x", FieldType.STRING, pattern="[a-z]+"), "A"),
        (Field("x", FieldType.TEXT, maximum=2), "abc"),
        (Field("x", FieldType.INTEGER), "5"),
        (Field("x", FieldType.INTEGER), True),
        (Field("x", FieldType.INTEGER, allowed=(-1, 1)), 0),
        (Field("x", FieldType.INTEGER, nonzero=True), 0),
        (MONEY, 4.5),
        (MONEY, "4.505"),
        (MONEY, "1e3"),
        (Field("x", FieldType.DATE), "2026-02-30"),
        (Field("x", FieldType.DATETIME), "2026-02-28T14:30:00"),
        (Field("x", FieldType.ENUM, values=("a",)), "b"),
        (Field("x", FieldType.SLUG), "-a"),
        (Field("x", FieldType.LIST, item_type=FieldType.INTEGER), ["1"]),
        (Field("x", FieldType.URL), "ftp://example.com"),
    ],
)
def test_other_values_are_refused(field: Field, wrong: Any) -> None:
    with pytest.raises(Invalid):
        read(field, wrong)


@pytest.mark.parametrize(
    ("text", "slug"),
    [("Größe & Maß", "gro-e-ma"), ("  A--b ", "a-b"), ("!!!", "item"), ("abcdef", "abcd")],
)
def test_slugs(text: str, slug: str) -> None:
    assert slug_of(text, 4 if text == "abcdef" else 80) == slug


@pytest.fixture
def items() -> Bench:
    return Bench(VALUES)


def test_defaults_slugs_and_computed_values(items: Bench) -> None:
    row = items.made("ann", "/items", {"title": "Big Box", "price": "1.10"})
    assert (row["slug"], row["count"], row["total"]) == ("big-box", 3, "0.41")
    assert (row["note"], row["average"], row["author_id"]) == (None, None, items.id("ann"))
    assert "code" not in row
    again = {"title": "big box!", "price": "1"}
    assert items.broken("ann", "POST", "/items", again) == (409, "item.slug.unique")


def test_derived_and_copied_values(items: Bench) -> None:
    path = f"/items/{items.made('ann', '/items', {'title': 'A', 'price': '2'})['id']}"
    for value in (1, 2, 2):
        mark = items.made("ann", f"{path}/marks", {"value": value})
    items.send("ann", "PATCH", path, {"price": "9"})
    assert (items.seen("", path)["average"], items.seen("", path)["best"]) == ("1.67", 2)
    assert items.seen("", f"{path}/marks/{mark['id']}")["price"] == "2.00"


@pytest.mark.parametrize(
    "body",
    [
        {"unknown": 1},
        {"total": "1.00"},
        {"average": "1.00"},
        {"author_id": "00000000-0000-4000-8000-000000000001"},
        {"kind": "b"},
        {"title": None},
        {"price": "0.00"},
    ],
)
def test_keys_that_no_change_may_have(items: Bench, body: dict[str, Any]) -> None:
    path = f"/items/{items.made('ann', '/items', {'title': 'A', 'price': '2'})['id']}"
    assert items.decide("ann", "PATCH", path, body).fields == tuple(body)


def test_null_clears_what_is_optional_and_nothing_changes_nothing(items: Bench) -> None:
    made = items.made("ann", "/items", {"title": "A", "price": "2", "note": "n"})
    path = f"/items/{made['id']}"
    etag = items.send("ann", "GET", path).header("etag")
    assert items.send("ann", "PATCH", path, {}).header("etag") == etag
    assert items.send("ann", "PATCH", path, {"note": None}).json["note"] is None
    assert items.send("ann", "GET", path).header("etag") != etag
