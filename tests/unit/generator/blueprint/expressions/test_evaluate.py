"""What expressions mean: values worked out in memory."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from expression_agreement.world import ITEM, Shape, WorldScope

from local_engine.generator.blueprint.expressions import (
    Environment,
    ExpressionError,
    Symbol,
    SymbolKind,
    check,
    evaluate,
    round_to,
)
from local_engine.generator.blueprint.expressions.types import (
    IntegerType,
    ManyType,
    RecordType,
    RowType,
)

ANNA, BEN = {"id": 1, "email": "Anna", "age": 30}, {"id": 2, "email": "Ben", "age": 40}
PRODUCT: dict[str, Any] = {"id": 9, "price": Decimal("3.00"), "done": True, "note": None}
LINES: list[dict[str, Any]] = [
    {"quantity": 2, "amount": Decimal("1.50"), "discount": None, "note": None, "product": PRODUCT},
    {"quantity": 5, "amount": Decimal("2.25"), "discount": Decimal("0.25"), "note": "x"},
    {"quantity": 0, "amount": Decimal("-1.00"), "discount": Decimal("1.00"), "note": "y"},
]
for _line in LINES:
    _line.setdefault("product", None)
    _line["took"] = timedelta(minutes=30)
    _line["parts"] = [{"size": _line["quantity"], "label": "a"}] * 2
ROW: dict[str, Any] = {
    "id": 7,
    "small": -3,
    "big": 2**63 - 1,
    "stock": 7,
    "rank": None,
    "price": Decimal("2.50"),
    "bonus": None,
    "ratio": Decimal("0.3333"),
    "done": True,
    "checked": None,
    "title": "ÄRGER",
    "note": None,
    "status": "open",
    "colour": "red",
    "born_on": date(2024, 2, 29),
    "ended_on": None,
    "at": datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
    "until": None,
    "opens": time(8),
    "lasts": timedelta(hours=36),
    "pause": None,
    "code": UUID(int=5),
    "tags": ["a", "b"],
    "data": None,
    "owner": ANNA,
    "parent": None,
    "lines": LINES,
    "labels": [],
}
INPUT = {
    "n": 0,
    "x": Decimal("9.99"),
    "s": None,
    "on": date(9999, 12, 31),
    "at": datetime(1, 1, 1, tzinfo=UTC),
    "item": ROW,
}
NOW = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)


def value(text: str, **changes: Any) -> object:
    environment = Environment(
        now=NOW,
        row=ROW | changes,
        names={"input": INPUT},
        user=ANNA,
        identity=lambda row: row["id"],
    )
    return evaluate(check(text, WorldScope(), time_zone="Europe/Berlin"), environment)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # integers are floor-divided, and the remainder has the divisor's sign
        ("small // 2", -2),
        ("small % 2", 1),
        ("7 % -4", -1),
        ("small * stock - 1", -22),
        ("-small", 3),
        ("abs(small)", 3),
        # so are decimals
        ("(0.5 - price) // 1", -2),
        ("(0.5 - price) % 1", Decimal("0.00")),
        ("-7.5 % 2", Decimal("0.5")),
        ("price // 1", 2),
        # true division has 20 digits, half to even
        ("1 / stock", Decimal("0.14285714285714285714")),
        ("stock / 2", Decimal("3.5")),
        ("2 / 3", Decimal("0.66666666666666666667")),
        ("-2 / 3", Decimal("-0.66666666666666666667")),
        ("0.00000000000000000001 / 2", Decimal(0)),
        ("0.00000000000000000003 / 2", Decimal("0.00000000000000000002")),
        # all else is exact
        ("0.1 + 0.2", Decimal("0.3")),
        ("ratio * ratio * ratio", Decimal("0.037025927037")),
        (
            "99999999999999999.25 * 99999999999999999.25",
            Decimal("9999999999999999850000000000000000.5625"),
        ),
        ("round(2.5)", 2),
        ("round(3.5)", 4),
        ("round(price * 0.05, 2)", Decimal("0.12")),
        ("round(0.375, 2)", Decimal("0.38")),
        ("round(-0.5)", 0),
        # comparison
        ("1 < stock <= 7", True),
        ("1 < stock < 7", False),
        ("stock == 7.0", True),
        ("price >= 2.5", True),
        ("title > 'Z'", True),  # by code point
        ("status == 'open'", True),
        ("status in ['paid', 'open']", True),
        ("stock not in [1, 7]", False),
        ("'a' in tags and 'c' not in tags", True),
        ("title in tags", False),
        ("input.item.owner == owner", True),
        ("code == '00000000-0000-0000-0000-000000000005'", True),
        ("opens < '08:30'", True),
        # conditions
        ("done and stock > 3 or small > 0", True),
        ("not (done and stock > 3)", False),
        ("1 if stock > 3 else 2", 1),
        ("None if done else stock", None),
        ("rank is None", True),
        ("colour is not None", True),
        ("rank is None or rank > 3", True),
        ("rank is not None and rank > 3", False),
        ("coalesce(rank, 0.5)", Decimal("0.5")),
        ("coalesce(bonus, price)", Decimal("2.50")),
        ("min(stock, small, 4)", -3),
        ("max(price, 3)", Decimal(3)),
        # texts
        ("lower(title)", "ärger"),
        ("len(title)", 5),
        # times
        ("day(at)", date(2026, 3, 29)),
        ("today()", date(2026, 3, 29)),
        ("day(now() - hours(1))", date(2026, 3, 28)),
        ("month(at)", date(2026, 3, 1)),
        ("month(born_on)", date(2024, 2, 1)),
        ("year(at)", 2026),
        ("at - now()", timedelta(hours=1)),
        ("at + days(1)", datetime(2026, 3, 30, 0, 30, tzinfo=UTC)),
        ("born_on + days(366)", date(2025, 3, 1)),
        ("days(1) + born_on", date(2024, 3, 1)),
        ("born_on - days(29)", date(2024, 1, 31)),
        ("today() - born_on", timedelta(days=759)),
        ("(today() - born_on) // days(1)", 759),
        ("lasts / days(1)", Decimal("1.5")),
        ("lasts // days(1)", 1),
        ("-lasts // days(1)", -2),
        ("lasts - hours(37) < minutes(0)", True),
        ("-lasts", timedelta(hours=-36)),
        ("max(lasts, hours(2))", timedelta(hours=36)),
        # beyond the calendar of Python, exact while it is compared
        ("input.at - hours(2) < input.at", True),
        ("input.on + days(2) - days(2)", date(9999, 12, 31)),
        ("year(input.on + days(1))", 10000),
        ("year(input.at - days(366))", -1),
        ("month(input.on + days(40)) > input.on", True),
        # rows
        ("count(lines)", 3),
        ("count(labels)", 0),
        ("count(lines, where=quantity > 1)", 2),
        ("count(lines, where=quantity > stock)", 0),
        ("sum(lines.amount)", Decimal("2.75")),
        ("sum(lines.quantity * lines.amount)", Decimal("14.25")),
        ("sum(lines.discount)", Decimal("1.25")),
        ("sum(lines.took)", timedelta(minutes=90)),
        ("sum(labels.weight)", 0),
        ("sum(lines.amount, where=quantity > 9)", Decimal(0)),
        ("avg(lines.discount)", Decimal("0.625")),
        ("avg(lines.quantity)", Decimal("2.33333333333333333333")),
        ("avg(labels.weight)", None),
        ("min(lines.amount)", Decimal("-1.00")),
        ("max(lines.note)", "y"),
        ("max(labels.weight)", None),
        ("any(lines.quantity > 4)", True),
        ("any(lines, where=quantity > 5)", False),
        ("any(labels)", False),
        ("all(lines.quantity >= 0)", True),
        ("all(lines.quantity > 0)", False),
        ("all(lines.quantity > 0, where=note is None)", True),
        ("all(labels.weight > 0)", True),
        ("count(lines.parts)", 6),
        ("sum(lines.parts.size * lines.quantity)", 58),
        ("count(lines, where=count(parts, where=size > 1) > 1)", 2),
        ("any(lines.product is not None and lines.product.price > price)", True),
    ],
)
def test_values(text: str, expected: object) -> None:
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "text",
    [
        "1 / input.n",
        "stock // input.n",
        "stock % input.n",
        "price % (price - 2.5)",
        "lasts / (lasts - lasts)",
        "big + 1",
        "-big - 2",
        "big * big",
        "big * price // 1",
        "round(big * price)",
        "sum(lines.quantity * big)",
        "days(big)",
        "minutes(input.n + 144000001)",
        "input.at - hours(1)",
        "input.on + days(1)",
        "any(lines.quantity // input.n > 1)",
        "any(lines.amount / lines.quantity > 0)",
    ],
)
def test_no_value(text: str) -> None:
    with pytest.raises(ExpressionError):
        value(text)


def test_text_is_compared_by_code_point() -> None:
    assert value("title < '\U0001f600'", title="\uff5a") is True  # by UTF-16 it would not be
    assert value("title < 'a'", title="Z") is True
    assert value("max(title, '\U0001f600')", title="\uff5a") == "\U0001f600"


def test_and_or_stop_when_they_are_decided() -> None:
    assert value("input.n == 0 or 1 / input.n > 2") is True
    assert value("input.n != 0 and 1 / input.n > 2") is False
    assert value("1 if input.n == 0 else 1 // input.n") == 1
    assert value("coalesce(bonus, price / input.n)", bonus=Decimal(1)) == Decimal(1)
    assert value("stock < small < 1 // input.n") is False


def test_aggregates_look_at_every_row() -> None:
    with pytest.raises(ExpressionError):
        value("any(lines.quantity > 1 and 10 // lines.quantity > 1 or 10 // lines.quantity > 1)")


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 29, 2, 30, tzinfo=ZoneInfo("Europe/Berlin")), date(2026, 3, 29)),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 28, 22, 59, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 28, 18, 30, tzinfo=ZoneInfo("America/New_York")), date(2026, 3, 28)),
    ],
)
def test_days_begin_in_the_time_zone_of_the_blueprint(moment: datetime, day: date) -> None:
    assert value("day(at)", at=moment) == day


def test_durations_are_exact_across_a_change_of_the_clocks() -> None:
    before = datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    after = datetime(2026, 3, 29, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    assert value("at + days(1) == input.at - input.at + at + hours(24)", at=before) is True
    environment = Environment(now=after, row=ROW | {"at": before})
    expression = check("now() - at", WorldScope())
    assert evaluate(expression, environment) == timedelta(hours=23)


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        value("at < now()", at=datetime(2026, 1, 1))  # noqa: DTZ001


def test_the_user_is_a_row_or_none() -> None:
    expression = check("user is not None and user.age > 18 and user == owner", WorldScope())
    for user, expected in ((None, False), (ANNA, True), (BEN, False)):
        environment = Environment(now=NOW, row=ROW, user=user)
        assert evaluate(expression, environment) is expected


def test_rows_that_come_as_input_are_records() -> None:
    column = Shape("column", "")
    column.has("quantity", IntegerType())
    column.has("item", RowType(ITEM))
    form = Shape("input", "")
    form.has("rows", ManyType(column, records=True))

    class Form:
        def resolve(self, name: str) -> Symbol | None:
            return Symbol(name, RecordType(form), kind=SymbolKind.INPUT)

        def names(self) -> list[str]:
            return ["input"]

    rows = [{"quantity": 2, "item": ROW}, {"quantity": 3, "item": ROW}]
    environment = Environment(now=NOW, names={"input": {"rows": rows}})
    expression = check("sum(input.rows.quantity, where=item.stock > 3)", Form())
    assert evaluate(expression, environment) == 5
    assert expression.paths() == {
        ("input", "rows"),
        ("input", "rows", "quantity"),
        ("input", "rows", "item", "stock"),
    }
    assert not expression.reads_only_input
    assert check("sum(input.rows.quantity) > 3", Form()).reads_only_input


def test_rounding_for_storage() -> None:
    expression = round_to(check("price * ratio", WorldScope()), 2)
    assert expression.text == "round(price * ratio, 2)"
    environment = Environment(
        now=NOW, row=ROW | {"price": Decimal("0.25"), "ratio": Decimal("0.5")}
    )
    assert evaluate(expression, environment) == Decimal("0.12")
    missing = round_to(check("avg(labels.weight)", WorldScope()), 4)
    assert missing.nullable
    assert evaluate(missing, Environment(now=NOW, row=ROW)) is None


@pytest.mark.parametrize("text", ["stock", "price + 1", "title", "at", "stock // 2"])
def test_what_needs_no_rounding_is_left_alone(text: str) -> None:
    expression = check(text, WorldScope())
    assert round_to(expression, 2) is expression
