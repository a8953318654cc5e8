"""What Python's own operators do not do exactly as the Blueprint's expressions mean it.

Numbers are exact: integers have 64 bits, decimals any digits, and a quotient has 20 digits after
the point, rounded half to even. Times may leave the years that `datetime` knows while they are
only compared. Whatever has no value raises ExpressionError.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TypeVar, overload
from zoneinfo import ZoneInfo

T = TypeVar("T")

_EXACT = Context(prec=1000, Emin=-(10**6), Emax=10**6)
_LARGEST = 2**63 - 1
_MOST_DAYS = 100_000
_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = 86_400_000_000
_CYCLE = 146_097  # days of the 400 years after which the calendar repeats
_FIRST_DAY = -1_721_425  # 4714-11-24 BC, where PostgreSQL's calendar begins


class ExpressionError(ValueError):
    """An expression has no value: a division by zero, or a number or time out of range."""


def int64(number: int) -> int:
    """The number, unless it has more than 64 bits."""
    if not -_LARGEST - 1 <= number <= _LARGEST:
        raise ExpressionError("the number is too large")
    return number


def add(left: Decimal | int, right: Decimal | int) -> Decimal:
    """The exact sum."""
    return _EXACT.add(Decimal(left), Decimal(right))


def subtract(left: Decimal | int, right: Decimal | int) -> Decimal:
    """The exact difference."""
    return _EXACT.subtract(Decimal(left), Decimal(right))


def multiply(left: Decimal | int, right: Decimal | int) -> Decimal:
    """The exact product."""
    return _EXACT.multiply(Decimal(left), Decimal(right))


def divide(left: Decimal | int | timedelta, right: Decimal | int | timedelta) -> Decimal:
    """The quotient with 20 digits after the point."""
    if not right:
        raise ExpressionError("division by zero")
    return round_half_even(_EXACT.divide(_decimal(left), _decimal(right)), 20)


def floor_divide(left: Decimal | int | timedelta, right: Decimal | int | timedelta) -> int:
    """The quotient rounded down to an integer."""
    if not right:
        raise ExpressionError("division by zero")
    numerator, left_over = _decimal(left).as_integer_ratio()
    denominator, right_over = _decimal(right).as_integer_ratio()
    return int64((numerator * right_over) // (denominator * left_over))


@overload
def floor_modulo(left: int, right: int) -> int: ...
@overload
def floor_modulo(left: Decimal, right: Decimal | int) -> Decimal: ...
@overload
def floor_modulo(left: int, right: Decimal) -> Decimal: ...
def floor_modulo(left: Decimal | int, right: Decimal | int) -> Decimal | int:
    """What is left of the division rounded down; it has the sign of the divisor."""
    if not right:
        raise ExpressionError("division by zero")
    if isinstance(left, int) and isinstance(right, int):
        return left % right
    quotient = _EXACT.divide_int(Decimal(left), Decimal(right))
    rest = subtract(left, multiply(quotient, right))
    return add(rest, right) if rest and (rest < 0) != (right < 0) else rest


def _decimal(value: Decimal | int | timedelta) -> Decimal:
    return Decimal(value // _MICROSECOND if isinstance(value, timedelta) else value)


@overload
def round_half_even(number: Decimal, places: int) -> Decimal: ...
@overload
def round_half_even(number: Decimal | None, places: int) -> Decimal | None: ...
def round_half_even(number: Decimal | None, places: int) -> Decimal | None:
    """The number with so many digits after the point; None stays None."""
    if number is None:
        return None
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN, _EXACT)


@overload
def to_decimal(number: int) -> Decimal: ...
@overload
def to_decimal(number: int | None) -> Decimal | None: ...
def to_decimal(number: int | None) -> Decimal | None:
    """The integer as a decimal; None stays None."""
    return None if number is None else Decimal(number)


def total(numbers: Iterable[Decimal]) -> Decimal:
    """The exact sum of any number of decimals."""
    result = Decimal(0)
    for number in numbers:
        result = _EXACT.add(result, number)
    return result


def average(numbers: Iterable[Decimal | int]) -> Decimal | None:
    """The mean with 20 digits after the point; None where there is nothing."""
    values = [Decimal(number) for number in numbers]
    return divide(total(values), len(values)) if values else None


def coalesce(value: T | None, other: T) -> T:
    """The value, or the other one where it is None."""
    return other if value is None else value


def known(value: T | None) -> T:
    """A value that was found not to be None before."""
    if value is None:
        raise ExpressionError("a value is missing")
    return value


def present(values: Iterable[T | None]) -> Iterator[T]:
    """The values that are not None."""
    return (value for value in values if value is not None)


def span(*, days: int = 0, hours: int = 0, minutes: int = 0) -> timedelta:
    """A duration, unless it is longer than a duration may be."""
    if abs(days) * 1440 + abs(hours) * 60 + abs(minutes) > _MOST_DAYS * 1440:
        raise ExpressionError("the duration is too long")
    return timedelta(days=days, hours=hours, minutes=minutes)


class _Exact:
    """A place on an endless time line; compares with its like and with what it is made from."""

    __slots__ = ("position",)

    position: int

    @staticmethod
    def _place(other: object) -> int | None:
        """The position of something comparable, None for anything else."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return self.position == self._place(other)

    def __hash__(self) -> int:
        return hash(self.position)

    def _compare(self, other: object) -> int:
        place = self._place(other)
        if place is None:
            raise TypeError(f"{other!r} is not a time that can be compared here")
        return self.position - place


class Instant(_Exact):
    """A point in time, in microseconds since the year 1 began in UTC."""

    def __init__(self, moment: datetime) -> None:
        self.position = _position(moment)

    @classmethod
    def _at(cls, position: int) -> Instant:
        if position < (_FIRST_DAY - 1) * _DAY:
            raise ExpressionError("the time is too far back")
        instant = cls.__new__(cls)
        instant.position = position
        return instant

    @staticmethod
    def _place(other: object) -> int | None:
        if isinstance(other, datetime):
            return _position(other)
        return other.position if isinstance(other, Instant) else None

    def __lt__(self, other: Instant | datetime) -> bool:
        return self._compare(other) < 0

    def __le__(self, other: Instant | datetime) -> bool:
        return self._compare(other) <= 0

    def __gt__(self, other: Instant | datetime) -> bool:
        return self._compare(other) > 0

    def __ge__(self, other: Instant | datetime) -> bool:
        return self._compare(other) >= 0

    def __add__(self, span: timedelta) -> Instant:
        return self._at(self.position + span // _MICROSECOND)

    @overload
    def __sub__(self, other: timedelta) -> Instant: ...
    @overload
    def __sub__(self, other: Instant | datetime) -> timedelta: ...
    def __sub__(self, other: timedelta | Instant | datetime) -> Instant | timedelta:
        if isinstance(other, timedelta):
            return self._at(self.position - other // _MICROSECOND)
        return timedelta(microseconds=self._compare(other))


class Day(_Exact):
    """A day, numbered like `date.toordinal()`."""

    def __init__(self, day: date) -> None:
        self.position = day.toordinal()

    @classmethod
    def _at(cls, position: int) -> Day:
        if position < _FIRST_DAY:
            raise ExpressionError("the date is too far back")
        day = cls.__new__(cls)
        day.position = position
        return day

    @classmethod
    def of(cls, moment: datetime | Instant, zone: ZoneInfo) -> Day:
        """The day of a point in time, as it is in a time zone."""
        position = moment.position if isinstance(moment, Instant) else _position(moment)
        cycles = _cycles(position // _DAY)
        inside = _EPOCH + timedelta(microseconds=position - cycles * _CYCLE * _DAY)
        return cls._at(inside.astimezone(zone).toordinal() + cycles * _CYCLE)

    @property
    def first_of_month(self) -> Day:
        """The first day of its month."""
        cycles = _cycles(self.position)
        first = date.fromordinal(self.position - cycles * _CYCLE).replace(day=1)
        return self._at(first.toordinal() + cycles * _CYCLE)

    @property
    def year(self) -> int:
        """Its year; the year before 1 is -1."""
        cycles = _cycles(self.position)
        year = date.fromordinal(self.position - cycles * _CYCLE).year + cycles * 400
        return year if year > 0 else year - 1

    @staticmethod
    def _place(other: object) -> int | None:
        if isinstance(other, date):
            return other.toordinal()
        return other.position if isinstance(other, Day) else None

    def __lt__(self, other: Day | date) -> bool:
        return self._compare(other) < 0

    def __le__(self, other: Day | date) -> bool:
        return self._compare(other) <= 0

    def __gt__(self, other: Day | date) -> bool:
        return self._compare(other) > 0

    def __ge__(self, other: Day | date) -> bool:
        return self._compare(other) >= 0

    def __add__(self, span: timedelta) -> Day:
        return self._at(self.position + span.days)

    @overload
    def __sub__(self, other: timedelta) -> Day: ...
    @overload
    def __sub__(self, other: Day | date) -> timedelta: ...
    def __sub__(self, other: timedelta | Day | date) -> Day | timedelta:
        if isinstance(other, timedelta):
            return self._at(self.position - other.days)
        return timedelta(days=self._compare(other))


def _position(moment: datetime) -> int:
    # The offset is taken off apart: at the ends of the calendar astimezone() would fail.
    offset = moment.utcoffset()
    if offset is None:
        raise ExpressionError("a time has no time zone")
    return (moment.replace(tzinfo=UTC) - _EPOCH - offset) // _MICROSECOND


def _cycles(day: int) -> int:
    """How many cycles to go back to be well inside the years that `date` knows."""
    return day // _CYCLE - 1 if day < _CYCLE else max(0, day // _CYCLE - 23)


@overload
def plain(time: Instant) -> datetime: ...
@overload
def plain(time: Day) -> date: ...
@overload
def plain(time: Instant | None) -> datetime | None: ...
@overload
def plain(time: Day | None) -> date | None: ...
def plain(time: Instant | Day | None) -> datetime | date | None:
    """The time as the standard library has it, if it is in the years 1 to 9999."""
    try:
        match time:
            case Instant():
                return _EPOCH + timedelta(microseconds=time.position)
            case Day():
                return date.fromordinal(time.position)
            case _:
                return None
    except (OverflowError, ValueError):
        raise ExpressionError("the time is not between the years 1 and 9999") from None
