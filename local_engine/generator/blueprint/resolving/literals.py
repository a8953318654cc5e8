"""Literals of the Blueprint read as values of a field's type: limits and defaults."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from local_engine.generator.blueprint.resolved import FieldType

INTEGER_LIMIT = 2**53 - 1
_DURATION = re.compile(
    r"P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,8})H)?(?:(\d{1,9})M)?(?:(\d{1,10})S)?)?"
)
_SIZE = re.compile(r"(\d{1,6})\s?(B|KB|MB)")
_SIZES = {"B": 1, "KB": 1024, "MB": 1024 * 1024}
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://[^\s/]+\S*")


class NotALiteral(ValueError):
    """The value is not of the type; the text says what is wanted."""


def literal(kind: FieldType, value: object, places: int | None = None) -> object:
    """The value as the Python type of a field's type.

    Decimals get exactly `places` places, datetimes are in UTC. Raises NotALiteral.
    """
    return _READERS[kind](value, places)


def _text(value: object, places: int | None) -> str:
    del places
    if not isinstance(value, str):
        raise NotALiteral("a text")
    return value


def _matching(pattern: re.Pattern[str], wanted: str) -> Callable[[object, int | None], object]:
    def read(value: object, places: int | None) -> str:
        text = _text(value, places)
        if not pattern.fullmatch(text):
            raise NotALiteral(wanted)
        return text

    return read


def _integer(value: object, places: int | None) -> int:
    del places
    if not isinstance(value, int) or isinstance(value, bool):
        raise NotALiteral("a whole number")
    if abs(value) > INTEGER_LIMIT:
        raise NotALiteral(f"a whole number between -{INTEGER_LIMIT} and {INTEGER_LIMIT}")
    return value


def _decimal(value: object, places: int | None) -> Decimal:
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,19}(\.\d{1,20})?", value):
        value = Decimal(value)
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise NotALiteral("a number")
    exact = Decimal(value)
    if abs(exact) >= Decimal(10) ** 19:
        raise NotALiteral("a number with at most 19 digits before the point")
    number = exact.quantize(Decimal(1).scaleb(-(places or 0)))
    if number != exact:
        raise NotALiteral(f"a number with at most {places or 0} digits after the point")
    return number


def _boolean(value: object, places: int | None) -> bool:
    del places
    if not isinstance(value, bool):
        raise NotALiteral("`true` or `false`")
    return value


def _date(value: object, places: int | None) -> date:
    text = _text(value, places)
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise NotALiteral("a date such as 2026-02-28")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotALiteral("a date such as 2026-02-28") from None


def _time(value: object, places: int | None) -> time:
    text = _text(value, places)
    if not re.fullmatch(r"\d{2}:\d{2}(:\d{2})?", text):
        raise NotALiteral("a time such as 14:30")
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise NotALiteral("a time such as 14:30") from None


def _datetime(value: object, places: int | None) -> datetime:
    wanted = "a time with offset such as 2026-02-28T13:30:00+01:00"
    try:
        moment = datetime.fromisoformat(_text(value, places))
        if moment.tzinfo is None:
            raise NotALiteral(wanted)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise NotALiteral(wanted) from None


def _duration(value: object, places: int | None) -> timedelta:
    found = _DURATION.fullmatch(_text(value, places))
    if found is None or not any(found.groups()):
        raise NotALiteral("a duration such as PT36H or P2D")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _uuid(value: object, places: int | None) -> UUID:
    text = _text(value, places)
    try:
        found = UUID(text)
    except ValueError:
        raise NotALiteral("a UUID") from None
    if str(found) != text.lower():
        raise NotALiteral("a UUID in its canonical form")
    return found


def _json(value: object, places: int | None) -> object:
    del places
    if value is None:
        raise NotALiteral("any JSON value but null")
    return value


def size(value: object) -> int:
    """A size such as `5MB` or `200 KB` in bytes. Raises NotALiteral."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    found = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found[1]) == 0:
        raise NotALiteral("a size such as 5MB or 200KB")
    return int(found[1]) * _SIZES[found[2]]


_READERS: dict[FieldType, Callable[[object, int | None], object]] = {
    FieldType.STRING: _text,
    FieldType.TEXT: _text,
    FieldType.INTEGER: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.MONEY: _decimal,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.TIME: _time,
    FieldType.DATETIME: _datetime,
    FieldType.DURATION: _duration,
    FieldType.UUID: _uuid,
    FieldType.EMAIL: _matching(_EMAIL, "an e-mail address"),
    FieldType.URL: _matching(_URL, "an http or https address"),
    FieldType.SLUG: _matching(_SLUG, "a slug such as my-page"),
    FieldType.ENUM: _text,
    FieldType.JSON: _json,
}
