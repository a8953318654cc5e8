"""The helper functions that generated projects get."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from local_engine.generator.emit.fastapi.fixed.core.expressions import (
    Day,
    ExpressionError,
    Instant,
    average,
    coalesce,
    divide,
    floor_divide,
    floor_modulo,
    int64,
    known,
    multiply,
    plain,
    present,
    round_half_even,
    span,
    to_decimal,
    total,
)

FIRST = datetime(1, 1, 1, tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 0])
def test_int64_lets_64_bits_pass(number: int) -> None:
    assert int64(number) == number


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_int64_refuses_more(number: int) -> None:
    with pytest.raises(ExpressionError):
        int64(number)


def test_division() -> None:
    assert divide(1, 3) == Decimal("0.33333333333333333333")
    assert divide(Decimal("0.00000000000000000003"), 2) == Decimal("0.00000000000000000002")
    assert divide(timedelta(minutes=90), timedelta(hours=1)) == Decimal("1.5")
    assert floor_divide(-7, 2) == -4
    assert floor_divide(Decimal("-7.5"), Decimal(2)) == -4
    assert floor_divide(timedelta(hours=-1), timedelta(hours=2)) == -1
    assert floor_modulo(-7, 2) == 1
    assert floor_modulo(7, -2) == -1
    assert floor_modulo(Decimal("-7.5"), 2) == Decimal("0.5")
    assert floor_modulo(Decimal("7.5"), -2) == Decimal("-0.5")
    assert multiply(Decimal("1.1") ** 20, Decimal("1.1") ** 20) > 45


def test_division_by_zero_is_no_value() -> None:
    for attempt in (divide, floor_divide):
        with pytest.raises(ExpressionError, match="division by zero"):
            attempt(Decimal(1), 0)
    for left in (1, Decimal(1)):
        with pytest.raises(ExpressionError, match="division by zero"):
            floor_modulo(left, Decimal(0))
    with pytest.raises(ExpressionError):
        divide(timedelta(1), timedelta())
    with pytest.raises(ExpressionError, match="too large"):
        floor_divide(Decimal(10) ** 19, Decimal("0.5"))


def test_errors_are_value_errors() -> None:
    assert issubclass(ExpressionError, ValueError)  # so that pydantic answers 422


def test_small_ones() -> None:
    assert round_half_even(Decimal("0.125"), 2) == Decimal("0.12")
    assert round_half_even(None, 2) is None
    assert to_decimal(3) == Decimal(3)
    assert to_decimal(None) is None
    assert total([Decimal("9" * 30), Decimal("0.01")]) == Decimal("9" * 30 + ".01")
    assert average([1, 2]) == Decimal("1.5")
    assert average([]) is None
    assert coalesce(None, 3) == 3
    assert coalesce(0, 3) == 0
    assert list(present([1, None, 0])) == [1, 0]
    assert known(0) == 0
    assert span(days=100_000) == timedelta(days=100_000)


def test_refusals() -> None:
    with pytest.raises(ExpressionError):
        known(None)
    with pytest.raises(ExpressionError):
        span(days=-100_001)
    with pytest.raises(ExpressionError):
        span(minutes=144_000_001)
    with pytest.raises(ExpressionError):
        Instant(datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(ExpressionError):
        Instant(FIRST) - timedelta(days=1_800_000)
    with pytest.raises(ExpressionError):
        Day(date(1, 1, 1)) - timedelta(days=1_800_000)
    with pytest.raises(TypeError):
        assert Instant(FIRST) < 3  # type: ignore[operator]


def test_instants_go_beyond_the_calendar() -> None:
    before, after = Instant(FIRST) - timedelta(hours=1), Instant(LAST) + timedelta(hours=1)
    assert before < FIRST < after
    assert not before >= FIRST
    assert after > LAST
    assert before < FIRST
    assert before <= after
    assert before + timedelta(hours=1) == FIRST
    assert after - before == LAST - FIRST + timedelta(hours=2)
    assert before != after
    assert hash(before + timedelta(hours=1)) == hash(Instant(FIRST))
    assert plain(before + timedelta(hours=1)) == FIRST
    for beyond in (before, after):
        with pytest.raises(ExpressionError, match="not between the years 1 and 9999"):
            plain(beyond)


def test_instants_are_the_same_in_any_zone() -> None:
    assert Instant(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))) < FIRST
    gap = datetime(2026, 3, 29, 2, 30, tzinfo=BERLIN)  # does not exist
    assert Instant(gap) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    noon = datetime(2026, 3, 28, 12, tzinfo=BERLIN)
    assert Instant(noon) + timedelta(hours=24) == datetime(2026, 3, 29, 11, tzinfo=UTC)


def test_days_go_beyond_the_calendar() -> None:
    last, next_day = date(9999, 12, 31), Day(date(9999, 12, 31)) + timedelta(days=1)
    assert next_day > last
    assert next_day.year == 10_000
    assert next_day.first_of_month == next_day
    assert (Day(date(1, 1, 1)) - timedelta(days=1)).year == -1
    assert next_day - last == timedelta(days=1)
    assert Day.of(LAST, BERLIN) == next_day
    assert Day.of(Instant(FIRST), ZoneInfo("America/New_York")) < date(1, 1, 1)
    assert Day.of(datetime(2026, 3, 28, 23, tzinfo=UTC), BERLIN) == date(2026, 3, 29)
    assert plain(Day(last)) == last
    assert plain(None) is None
    with pytest.raises(ExpressionError):
        plain(next_day)
