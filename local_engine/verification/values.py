"""Values at and beyond the limits of a field, by docs/blueprint.md ("Fields")."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from local_engine.generator.blueprint.resolved import Application, Field, FieldType
from local_engine.verification.durations import format_duration

GREATEST_INTEGER = 9_007_199_254_740_991
JSON_BYTES = 64 * 1024
_LENGTHS = {
    FieldType.STRING: (1, 255),
    FieldType.TEXT: (0, 20_000),
    FieldType.SLUG: (1, 80),
}
_DIGITS_BEFORE = {FieldType.DECIMAL: 19, FieldType.MONEY: 15}
_SAMPLES: dict[FieldType, Any] = {
    FieldType.STRING: "text",
    FieldType.INTEGER: 7,
    FieldType.DECIMAL: "1.5",
    FieldType.BOOLEAN: True,
    FieldType.DATE: "2026-02-28",
    FieldType.UUID: "0190b6f0-7f3a-7c3a-8f3a-123456789abc",
    FieldType.EMAIL: "someone@example.com",
    FieldType.URL: "https://example.com/a",
    FieldType.SLUG: "a-slug",
}

# JSON values that are wrong for a type, each of another JSON type or no such value.
_WRONG: dict[FieldType, tuple[Any, ...]] = {
    FieldType.STRING: (5, True, ["a"], {"a": 1}),
    FieldType.TEXT: (5, False, ["a"], {"a": 1}),
    FieldType.INTEGER: ("5", 1.5, True, [1], {"a": 1}, 10**400),
    FieldType.DECIMAL: (5, 1.5, True, "NaN", "Infinity", "-Infinity", "1,5", "one", "", ["1"]),
    FieldType.MONEY: (5, 1.5, True, "NaN", "Infinity", "-Infinity", "1,5", "EUR 1", "", ["1"]),
    FieldType.BOOLEAN: ("true", 1, 0, "yes", [True]),
    FieldType.DATE: (
        "2026-02-30",
        "28.02.2026",
        "2026-02-28T00:00:00Z",
        "0000-01-01",
        20260228,
        "",
    ),
    FieldType.TIME: ("25:00:00", "12:60", "14:30:00+02:00", "noon", 1430, ""),
    FieldType.DATETIME: ("2026-02-28T14:30:00", "2026-13-01T00:00:00Z", "yesterday", 1_767_000_000),
    FieldType.DURATION: ("P1Y", "P1M", "-PT1H", "1 hour", 3600, "P", ""),
    FieldType.UUID: ("not-a-uuid", 5, "", {"a": 1}),
    FieldType.EMAIL: (
        "nobody",
        "a@",
        "@example.com",
        "a b@example.com",
        5,
        "x" * 250 + "@example.com",
    ),
    FieldType.URL: ("ftp://example.com", "javascript:alert(1)", "http://", "example.com", 5),
    FieldType.SLUG: ("Not A Slug", "-a", "a-", "a--b", "a_b", "ä", 5, ""),
    FieldType.ENUM: ("no-such-value", 0, True, ["a"], ""),
    FieldType.LIST: ("text", 5, {"a": 1}, [["a"]], [None]),
}


@dataclass(frozen=True)
class Value:
    """A JSON value and, in words, what is particular about it."""

    words: str
    json: Any


def wrong(field: Field) -> Iterator[Value]:
    """Values that are not of the field's type at all, `null` for a required field included."""
    for value in _WRONG.get(field.type, ()):
        yield Value(f"{_short(value)}", value)
    if not field.optional:
        yield Value("null", None)


def outside(field: Field, application: Application, valid: Any) -> Iterator[Value]:
    """Values of the right type that are just outside the field's limits.

    `valid` is a value that the field takes.
    """
    if field.type in _LENGTHS:
        yield from _lengths(field, valid, inside=False)
    elif field.type in (FieldType.INTEGER, FieldType.DECIMAL, FieldType.MONEY):
        yield from _numbers(field, application, inside=False)
    elif field.type in (FieldType.DATE, FieldType.TIME, FieldType.DATETIME, FieldType.DURATION):
        yield from _points(field, inside=False)
    elif field.type is FieldType.LIST:
        yield from _items(field, inside=False)
    elif field.type is FieldType.JSON:
        yield Value("one byte more than 64 KiB", "x" * (JSON_BYTES - len('""') + 1))
    if field.allowed:
        yield from _not_allowed(field)
    if field.pattern and isinstance(valid, str):
        yield from _not_matching(field.pattern, valid)


def inside(field: Field, application: Application, valid: Any) -> Iterator[Value]:
    """Values exactly at the field's limits; none where a pattern or a list decides as well."""
    if field.pattern or field.allowed:
        return
    if field.type in _LENGTHS:
        yield from _lengths(field, valid, inside=True)
    elif field.type in (FieldType.INTEGER, FieldType.DECIMAL, FieldType.MONEY):
        yield from _numbers(field, application, inside=True)
    elif field.type in (FieldType.DATE, FieldType.TIME, FieldType.DATETIME, FieldType.DURATION):
        yield from _points(field, inside=True)
    elif field.type is FieldType.LIST:
        yield from _items(field, inside=True)
    elif field.type is FieldType.JSON:
        yield Value("exactly 64 KiB", "x" * (JSON_BYTES - len('""')))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def lengths(field: Field) -> tuple[int, int]:
    """The least and the greatest number of code points of a text field."""
    least, greatest = _LENGTHS[field.type]
    return (
        field.minimum if isinstance(field.minimum, int) else least,
        field.maximum if isinstance(field.maximum, int) else greatest,
    )


def _lengths(field: Field, valid: Any, *, inside: bool) -> Iterator[Value]:
    least, greatest = lengths(field)
    if inside:
        yield Value(f"{greatest} characters", _text(field, valid, greatest))
        yield Value(f"{least} characters", _text(field, valid, least))
        return
    yield Value(f"{greatest + 1} characters", _text(field, valid, greatest + 1))
    if least > 0:
        yield Value(f"{least - 1} characters", _text(field, valid, least - 1))


def _text(field: Field, valid: Any, length: int) -> str:
    """A text of this length; begins with a valid one, so that unique fields stay unique."""
    start = str(valid or "")[:length].rstrip("-")
    return start + ("x" if field.type is FieldType.SLUG else "ü") * (length - len(start))


def places(field: Field, application: Application) -> int:
    """The number of digits after the point."""
    if field.type is FieldType.INTEGER:
        return 0
    default = application.currency_digits if field.type is FieldType.MONEY else 4
    return default if field.places is None else field.places


def _numbers(field: Field, application: Application, *, inside: bool) -> Iterator[Value]:
    digits = places(field, application)
    step = Decimal(1).scaleb(-digits)
    least, greatest = _range(field, step)
    chosen = (least, greatest) if inside else (least - step, greatest + step)
    for number in chosen:
        if inside and field.nonzero and number == 0:
            continue
        yield Value(
            f"{number:f}", int(number) if field.type is FieldType.INTEGER else f"{number:f}"
        )
    if inside:
        return
    if field.nonzero:
        yield Value("zero", 0 if field.type is FieldType.INTEGER else f"{Decimal(0) * step:f}")
    if field.type is not FieldType.INTEGER:
        finer = f"{least:.{digits}f}"
        yield Value("a digit too many", f"{finer}{'' if digits else '.'}1")


def _range(field: Field, step: Decimal) -> tuple[Decimal, Decimal]:
    if field.type is FieldType.INTEGER:
        greatest = Decimal(GREATEST_INTEGER)
    else:
        greatest = Decimal(10) ** _DIGITS_BEFORE[field.type] - step
    return (
        -greatest if field.minimum is None else Decimal(str(field.minimum)),
        greatest if field.maximum is None else Decimal(str(field.maximum)),
    )


def _points(field: Field, *, inside: bool) -> Iterator[Value]:
    for limit, direction in ((field.minimum, -1), (field.maximum, 1)):
        if limit is None:
            continue
        try:
            point = limit if inside else _moved(limit, direction)
        except (OverflowError, ValueError):
            continue
        if point is not None:
            yield Value(_written(point), _written(point))


def _moved(point: object, direction: int) -> object | None:
    """A little before or after; None where there is no such value."""
    if isinstance(point, datetime):
        return point + timedelta(seconds=direction)
    if isinstance(point, date):
        return point + timedelta(days=direction)
    if isinstance(point, timedelta):
        moved = point + timedelta(seconds=direction)
        return moved if moved >= timedelta(0) else None
    if isinstance(point, time):
        moved_time = datetime.combine(date(2000, 1, 2), point) + timedelta(seconds=direction)
        return moved_time.time() if moved_time.date() == date(2000, 1, 2) else None
    return None


def _written(point: object) -> str:
    if isinstance(point, datetime):
        aware = point if point.tzinfo else point.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat()
    if isinstance(point, timedelta):
        return format_duration(point)
    return point.isoformat() if isinstance(point, date | time) else str(point)


def _items(field: Field, *, inside: bool) -> Iterator[Value]:
    sample = _SAMPLES[field.item_type or FieldType.STRING]
    least = field.minimum if isinstance(field.minimum, int) else 0
    greatest = field.maximum if isinstance(field.maximum, int) else 100
    if inside:
        yield Value(f"{greatest} items", [sample] * greatest)
        yield Value(f"{least} items", [sample] * least)
        return
    yield Value(f"{greatest + 1} items", [sample] * (greatest + 1))
    if least > 0:
        yield Value(f"{least - 1} items", [sample] * (least - 1))


def _not_allowed(field: Field) -> Iterator[Value]:
    if field.type is FieldType.STRING:
        yield Value("not one of those allowed", "no such value")
        return
    greatest = max(Decimal(str(value)) for value in field.allowed)
    beyond = greatest + 1
    yield Value(
        "not one of those allowed",
        int(beyond) if field.type is FieldType.INTEGER else f"{beyond:f}",
    )


def _not_matching(pattern: str, valid: str) -> Iterator[Value]:
    for text in (f"{valid} ", f" {valid}", f"{valid}\u20ac", "\u20ac"):
        if re.fullmatch(pattern, text) is None:
            yield Value("not of the pattern", text)
            return
