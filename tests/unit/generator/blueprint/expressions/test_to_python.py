"""The Python of each construct, as it will be read in generated code."""

from __future__ import annotations

import pytest
from expression_agreement.backends import Variables
from expression_agreement.world import WorldScope

from local_engine.generator.blueprint.expressions import check, round_to
from local_engine.generator.blueprint.expressions.python_names import HELPERS, Import
from local_engine.generator.blueprint.expressions.to_python import to_python
from local_engine.generator.blueprint.expressions.types import MoneyType


@pytest.mark.parametrize(
    ("text", "expected", "imports"),
    [
        ("stock", "self.stock", ""),
        (
            "(stock + 1) * (small - (2 - stock))",
            "(self.stock + 1) * (self.small - (2 - self.stock))",
            "",
        ),
        ("-(stock + 1)", "-(self.stock + 1)", ""),
        ("big + 1", "int64(self.big + 1)", "int64"),
        ("-big", "int64(-self.big)", "int64"),
        ("abs(big)", "int64(abs(self.big))", "int64"),
        ("small // 2", "self.small // 2", ""),
        ("small % 2", "self.small % 2", ""),
        ("7 // small", "floor_divide(7, self.small)", "floor_divide"),
        ("7 % small", "floor_modulo(7, self.small)", "floor_modulo"),
        ("price // 2", "floor_divide(self.price, 2)", "floor_divide"),
        ("stock / 2", "divide(self.stock, 2)", "divide"),
        ("price * stock", "self.price * self.stock", ""),
        ("price * ratio", "multiply(self.price, self.ratio)", "multiply"),
        ("ratio * 0.5", 'self.ratio * Decimal("0.5")', "Decimal"),
        ("round(price * 0.19, 2)", 'round(self.price * Decimal("0.19"), 2)', "Decimal"),
        (
            "round(price / 3, 2)",
            "round_half_even(divide(self.price, 3), 2)",
            "divide round_half_even",
        ),
        ("round(price)", "round(self.price)", ""),
        ("round(ratio)", "int64(round(self.ratio))", "int64"),
        ("-(price / 3)", "divide(self.price, 3).copy_negate()", "divide"),
        ("abs(price / 3)", "divide(self.price, 3).copy_abs()", "divide"),
        ("1 < stock <= 5", "1 < self.stock <= 5", ""),
        ("(stock > 3) == done", "(self.stock > 3) == self.done", ""),
        ("stock in [1, 2]", "self.stock in (1, 2)", ""),
        ("title not in ['a']", 'self.title not in ("a",)', ""),
        ("'a' in tags", '"a" in self.tags', ""),
        ("title == 'a\"b'", "self.title == 'a\"b'", ""),
        ("note is not None and note == 'x'", 'self.note is not None and self.note == "x"', ""),
        ("not (done or stock > 3)", "not (self.done or self.stock > 3)", ""),
        ("done or stock > 3 and small < 1", "self.done or self.stock > 3 and self.small < 1", ""),
        ("(1 if done else 2) + 1", "(1 if self.done else 2) + 1", ""),
        ("price if done else 3", "self.price if self.done else Decimal(3)", "Decimal"),
        ("coalesce(note, title)", "self.note if self.note is not None else self.title", ""),
        (
            "coalesce(rank, 0.5)",
            'coalesce(to_decimal(self.rank), Decimal("0.5"))',
            "Decimal coalesce to_decimal",
        ),
        (
            "coalesce(avg(lines.amount), price)",
            "coalesce(average(row0.amount for row0 in self.lines), self.price)",
            "average coalesce",
        ),
        ("min(stock, 3)", "min(self.stock, 3)", ""),
        ("len(title) > 3", "len(self.title) > 3", ""),
        ("lower(title)", "self.title.lower()", ""),
        ("at < at", "self.at < self.at", ""),
        ("at - at", "self.at - self.at", ""),
        ("now() + days(14)", "now + timedelta(days=14)", "timedelta"),
        (
            "now() < at - hours(24)",
            "now < Instant(self.at) - timedelta(hours=24)",
            "Instant timedelta",
        ),
        (
            "at - hours(24)",
            "plain(Instant(self.at) - timedelta(hours=24))",
            "Instant plain timedelta",
        ),
        (
            "hours(1) + at < at",
            "Instant(self.at) + timedelta(hours=1) < self.at",
            "Instant timedelta",
        ),
        ("now() + days(big) > at", "now + span(days=self.big) > self.at", "span"),
        ("now() + days(stock) > at", "now + timedelta(days=self.stock) > self.at", "timedelta"),
        ("today()", 'now.astimezone(ZoneInfo("Europe/Berlin")).date()', ""),
        ("day(at) == born_on", 'Day.of(self.at, ZoneInfo("Europe/Berlin")) == self.born_on', "Day"),
        ("month(born_on)", "self.born_on.replace(day=1)", ""),
        ("year(born_on)", "self.born_on.year", ""),
        (
            "month(at) == born_on",
            'Day.of(self.at, ZoneInfo("Europe/Berlin")).first_of_month == self.born_on',
            "Day",
        ),
        (
            "(born_on - born_on) // days(1)",
            "(self.born_on - self.born_on) // timedelta(days=1)",
            "timedelta",
        ),
        ("lasts / hours(1)", "divide(self.lasts, timedelta(hours=1))", "divide timedelta"),
        ("born_on > '2026-02-28'", "self.born_on > date(2026, 2, 28)", "date"),
        ("opens < '08:30'", 'self.opens < time.fromisoformat("08:30:00")', "time"),
        (
            "at > '2026-02-28T13:00:00Z'",
            'self.at > datetime.fromisoformat("2026-02-28T13:00:00+00:00")',
            "datetime",
        ),
        (
            "code == '00000000-0000-0000-0000-000000000005'",
            'self.code == UUID("00000000-0000-0000-0000-000000000005")',
            "UUID",
        ),
        ("input.x > 3", "data.x > 3", ""),
        ("user is not None and user == owner", "user is not None and user == self.owner", ""),
        ("count(lines)", "len(self.lines)", ""),
        (
            "count(lines, where=quantity > stock)",
            "sum(1 for row0 in self.lines if row0.quantity > self.stock)",
            "",
        ),
        ("sum(lines.quantity)", "sum(row0.quantity for row0 in self.lines)", ""),
        ("sum(lines.amount)", "sum((row0.amount for row0 in self.lines), Decimal(0))", "Decimal"),
        (
            "sum(lines.discount)",
            "sum(present(row0.discount for row0 in self.lines), Decimal(0))",
            "Decimal present",
        ),
        ("sum(lines.took)", "sum((row0.took for row0 in self.lines), timedelta())", "timedelta"),
        (
            "sum(lines.amount * big)",
            "total(multiply(row0.amount, self.big) for row0 in self.lines)",
            None,
        ),
        ("max(lines.amount)", "max((row0.amount for row0 in self.lines), default=None)", ""),
        ("any(lines.quantity > 3)", "any(row0.quantity > 3 for row0 in self.lines)", ""),
        ("any(lines)", "any(True for row0 in self.lines)", ""),
        (
            "all(7 // lines.quantity > 3)",
            "all([floor_divide(7, row0.quantity) > 3 for row0 in self.lines])",
            "floor_divide",
        ),
        (
            "sum(lines.parts.size)",
            "sum(row1.size for row0 in self.lines for row1 in row0.parts)",
            "",
        ),
        (
            "count(lines, where=count(item.lines, where=quantity > stock) > 1)",
            (
                "sum(1 for row0 in self.lines"
                " if sum(1 for row1 in row0.item.lines if row1.quantity > self.stock) > 1)"
            ),
            "",
        ),
        (
            "avg(lines.quantity) is not None and avg(lines.quantity) > 3",
            (
                "average(row0.quantity for row0 in self.lines) is not None"
                " and known(average(row0.quantity for row0 in self.lines)) > 3"
            ),
            "average known",
        ),
    ],
)
def test_python(text: str, expected: str, imports: str | None) -> None:
    code = to_python(check(text, WorldScope(), time_zone="Europe/Berlin"), Variables())
    assert str(code) == expected
    if imports is not None:
        assert sorted(item.name for item in code.imports) == imports.split()


def test_imports_name_their_modules() -> None:
    code = to_python(check("at + days(big) > at and price > 0.5", WorldScope()), Variables())
    assert code.imports == {
        Import(HELPERS, "span"),
        Import(HELPERS, "Instant"),
        Import("decimal", "Decimal"),
    }


def test_an_integer_where_a_decimal_is_wanted() -> None:
    for text, expected in (("stock", "Decimal(self.stock)"), ("rank", "to_decimal(self.rank)")):
        expression = check(text, WorldScope(), expect=MoneyType(2), allow_missing=True)
        assert to_python(expression, Variables()).source == expected


def test_rounding_for_storage() -> None:
    expression = round_to(check("avg(lines.amount)", WorldScope()), 2)
    assert to_python(expression, Variables()).source == (
        "round_half_even(average(row0.amount for row0 in self.lines), 2)"
    )
