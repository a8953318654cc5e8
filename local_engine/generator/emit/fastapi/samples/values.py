"""Sample values of fields: examples in OpenAPI, rows of demo data, bodies in tests.

A sample keeps the field's own limits. Different numbers give different samples wherever the type
has room for them, so that unique fields get unique values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from local_engine.generator.blueprint.resolved import Field, FieldType
from local_engine.generator.emit.fastapi.samples.patterns import text_for
from local_engine.generator.emit.relational.column_types import places_of

_FILLER = " and so on"
_TEXTS = frozenset(
    {FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.URL, FieldType.SLUG}
)
_SAID_BY_TYPE = frozenset({FieldType.BOOLEAN, FieldType.ENUM, FieldType.FILE, FieldType.JSON})
_STARTS: dict[FieldType, tuple[Any, Any]] = {
    FieldType.INTEGER: (1, 1),
    FieldType.MONEY: (Decimal(10), Decimal(1)),
    FieldType.DECIMAL: (Decimal(1), Decimal(1)),
    FieldType.DATE: (dt.date(2060, 1, 15), dt.timedelta(days=1)),
    FieldType.DATETIME: (dt.datetime(2060, 1, 15, 9, tzinfo=dt.UTC), dt.timedelta(days=1)),
    FieldType.DURATION: (dt.timedelta(hours=1), dt.timedelta(minutes=1)),
}
_OTHERS: dict[FieldType, tuple[Any, ...]] = {
    FieldType.INTEGER: (0, 2, 5, 10, 100),
    FieldType.MONEY: (Decimal(0), Decimal(1), Decimal(100)),
    FieldType.DECIMAL: (Decimal(0), Decimal(2), Decimal(5), Decimal(100)),
    FieldType.DATE: (dt.date(2000, 1, 15), dt.date(2060, 2, 15), dt.date(1950, 1, 1)),
    FieldType.DATETIME: (
        dt.datetime(2060, 1, 15, 10, tzinfo=dt.UTC),
        dt.datetime(2000, 1, 15, 9, tzinfo=dt.UTC),
        dt.datetime(2060, 2, 15, 9, tzinfo=dt.UTC),
    ),
    FieldType.TIME: (dt.time(8), dt.time(10), dt.time(18)),
    FieldType.DURATION: (dt.timedelta(), dt.timedelta(minutes=30), dt.timedelta(days=1)),
    FieldType.BOOLEAN: (True, False),
}


def example(field: Field, currency_digits: int) -> Any:
    """The example of a field for OpenAPI, as JSON; None where the type says it all."""
    if field.type in _SAID_BY_TYPE or field.type is FieldType.UUID:
        return None
    if field.type is FieldType.LIST and field.item_type is not FieldType.STRING:
        return None
    return as_json(sample(field, 0), field, currency_digits)


def sample(field: Field, number: int) -> Any:
    """A value that the field allows, as Python has it."""
    if field.allowed:
        return field.allowed[number % len(field.allowed)]
    if field.type in _TEXTS:
        return _text(field, number)
    match field.type:
        case FieldType.BOOLEAN:
            return number % 2 == 1
        case FieldType.ENUM:
            return field.values[number % len(field.values)]
        case FieldType.UUID:
            return UUID(int=0x0198C7A45E6F7ABC8DEF000000000000 + number)
        case FieldType.JSON:
            return {"note": number}
        case FieldType.LIST:
            return _list(field, number)
        case FieldType.TIME:
            return _within(dt.time((9 + number) % 24), field)
        case _:
            start, step = _STARTS[field.type]
            return _within(_within(start, field) + step * number, field)


def candidates(field: Field, number: int) -> Iterator[Any]:
    """Values to try when a rule does not like the first: each of them the field allows."""
    seen: list[Any] = []
    choices = [sample(field, number), sample(field, number + 1)]
    choices += [*field.allowed, *field.values]
    if field.type not in _TEXTS and not field.allowed and field.type is not FieldType.LIST:
        choices += [_within(other, field) for other in _OTHERS.get(field.type, ())]
        choices += [end for end in (field.minimum, field.maximum) if end is not None]
    for choice in choices:
        if choice not in seen and not (field.nonzero and choice == 0):
            seen.append(choice)
            yield choice
    if field.optional:
        yield None


def _text(field: Field, number: int) -> str:
    word = field.name.replace("_", " ")
    least = field.minimum if isinstance(field.minimum, int) else 0
    most = field.maximum if isinstance(field.maximum, int) else 254
    if field.pattern is not None:
        return text_for(field.pattern, number, least, most)
    suffix = f" {number + 1}" if number else ""
    filler = _FILLER
    match field.type:
        case FieldType.EMAIL:
            return f"{field.name.replace('_', '-')}{number or ''}@example.com"
        case FieldType.URL:
            return f"https://example.com/{number or ''}"
        case FieldType.SLUG:
            text, filler = f"{word}{suffix}".replace(" ", "-").lower(), "-x"
        case _:
            text = f"{word.capitalize()}{suffix}"
    while len(text) < least:
        text += filler
    if len(text) > most:
        text = str(number)[:most] if number else text[:most].strip(" -")
    return text.ljust(least, "x")


def _list(field: Field, number: int) -> list[Any]:
    least = field.minimum if isinstance(field.minimum, int) else 0
    most = field.maximum if isinstance(field.maximum, int) else 100
    item = Field(field.name, field.item_type or FieldType.STRING)
    return [sample(item, number + index) for index in range(min(max(least, 1), most))]


def _within(value: Any, field: Field) -> Any:
    """The value, or the end of the field's range that it lies beyond."""
    least, most = field.minimum, field.maximum
    if least is not None and value < _like(least, value):
        value = _like(least, value)
    if most is not None and value > _like(most, value):
        value = _like(most, value)
    return value


def _like(end: Any, value: Any) -> Any:
    return Decimal(str(end)) if isinstance(value, Decimal) else end


def as_json(value: Any, field: Field, currency_digits: int) -> Any:
    """A value of the field as JSON carries it."""
    if field.type in (FieldType.MONEY, FieldType.DECIMAL) and value is not None:
        return f"{value:.{places_of(field, currency_digits) or 0}f}"
    return _as_json(value)


def _as_json(value: Any) -> Any:
    match value:
        case dt.datetime():
            return value.astimezone(dt.UTC).isoformat()
        case dt.date() | dt.time():
            return value.isoformat()
        case dt.timedelta():
            return f"PT{int(value.total_seconds())}S"
        case Decimal() | UUID():
            return str(value)
        case list():
            return [_as_json(item) for item in value]
        case _:
            return value
