"""Exact time: instants, days and durations as integers, beyond the years that `datetime` holds.

An instant is the number of microseconds since the beginning of the year 1 in UTC, a day is its
proleptic Gregorian ordinal (1 is the first day of the year 1), a duration a number of
microseconds. So `pick_up_at - hours(24)` has a value even in the first hours of the calendar.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from local_engine.generator.blueprint.expressions.problems import ExpressionError
from local_engine.generator.blueprint.expressions.types import (
    FIRST_DAY,
    MICROSECONDS_A_DAY,
)

_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CYCLE_DAYS = 146_097
"""Days of the 400 years after which the calendar repeats, weekdays included."""
_CYCLE = _CYCLE_DAYS * MICROSECONDS_A_DAY
_FIRST_INSTANT = (FIRST_DAY - 1) * MICROSECONDS_A_DAY


def instant_of(moment: datetime) -> int:
    """The instant of an aware datetime, whatever its zone; ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    # The offset is subtracted apart: near the ends of the calendar astimezone() would fail.
    offset = moment.utcoffset()
    assert offset is not None
    naive = moment.replace(tzinfo=UTC)
    return (naive - _EPOCH) // _MICROSECOND - offset // _MICROSECOND


def datetime_of(instant: int) -> datetime:
    """The datetime in UTC; ExpressionError outside of the years 1 to 9999."""
    try:
        return _EPOCH + timedelta(microseconds=instant)
    except OverflowError:
        raise ExpressionError("the time is not between the years 1 and 9999") from None


def date_of(day: int) -> date:
    """The date; ExpressionError outside of the years 1 to 9999."""
    try:
        return date.fromordinal(day)
    except (ValueError, OverflowError):
        raise ExpressionError("the date is not between the years 1 and 9999") from None


def duration_of(span: timedelta) -> int:
    """The duration in microseconds."""
    return span // _MICROSECOND


def timedelta_of(duration: int) -> timedelta:
    """The duration as a timedelta."""
    return timedelta(microseconds=duration)


def checked_instant(instant: int) -> int:
    """The instant, unless it is before the calendar of the database begins."""
    if instant < _FIRST_INSTANT:
        raise ExpressionError("the time is too far back")
    return instant


def checked_day(day: int) -> int:
    """The day, unless it is before the calendar of the database begins."""
    if day < FIRST_DAY:
        raise ExpressionError("the date is too far back")
    return day


def local_day(instant: int, time_zone: str) -> int:
    """The day that an instant falls on in a time zone."""
    cycles = _cycles(instant // MICROSECONDS_A_DAY)
    inside = _EPOCH + timedelta(microseconds=instant - cycles * _CYCLE)
    return inside.astimezone(_zone(time_zone)).toordinal() + cycles * _CYCLE_DAYS


def first_of_month(day: int) -> int:
    """The first day of the month that the day is in."""
    cycles = _cycles(day)
    inside = date.fromordinal(day - cycles * _CYCLE_DAYS)
    return inside.replace(day=1).toordinal() + cycles * _CYCLE_DAYS


def year_of(day: int) -> int:
    """The year that the day is in; the year before 1 is -1."""
    cycles = _cycles(day)
    year = date.fromordinal(day - cycles * _CYCLE_DAYS).year + cycles * 400
    return year if year > 0 else year - 1


def _cycles(day: int) -> int:
    """How many cycles to go back so that the day is well inside the years 1 to 9999."""
    if day < _CYCLE_DAYS:
        return day // _CYCLE_DAYS - 1
    return max(0, day // _CYCLE_DAYS - 23)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
