"""Sample values of fields: examples in OpenAPI, rows of demo data, bodies in tests.

A sample keeps the field's own limits. Different numbers give different samples wherever the type
has room for them, so that unique fields get unique values.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from local_engine.generator.blueprint.resolved import Application, Field, FieldType
from local_engine.generator.emit.fastapi.entities.patterns import text_for
from local_engine.generator.emit.relational.column_types import places_of

_FIRST_DAY = dt.date(2030, 1, 15)
_FILLER = " and so on"


def example(field: Field, application: Application) -> Any:
    """The example of a field for OpenAPI; None where the type says it all."""
    if field.type in (FieldType.BOOLEAN, FieldType.ENUM, FieldType.FILE, FieldType.JSON):
        return None
    if field.type in (FieldType.UUID, FieldType.LIST) and field.item_type is not FieldType.STRING:
        return None
    return sample(field, application, 0)


def sample(field: Field, application: Application, number: int) -> Any:
    """A valid JSON value of the field."""
    if field.allowed:
        return _json(field.allowed[number % len(field.allowed)], field, application)
    if field.type in _TEXTS:
        return _text(field, number)
    if field.type is FieldType.LIST:
        return _list(field, application, number)
    if field.type in (FieldType.BOOLEAN, FieldType.ENUM, FieldType.UUID, FieldType.JSON):
        return _plain(field, number)
    return _json(_ordered(field, number), field, application)


_TEXTS = frozenset(
    {FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.URL, FieldType.SLUG}
)


def _plain(field: Field, number: int) -> Any:
    match field.type:
        case FieldType.BOOLEAN:
            return number % 2 == 1
        case FieldType.ENUM:
            return field.values[number % len(field.values)]
        case FieldType.UUID:
            return f"0198c7a4-5e6f-7abc-8def-{number:012x}"
        case _:
            return {"note": number}


def _text(field: Field, number: int) -> str:
    word = field.name.replace("_", " ")
    least = field.minimum if isinstance(field.minimum, int) else 0
    most = field.maximum if isinstance(field.maximum, int) else 254
    if field.pattern is not None:
        return text_for(field.pattern, number, least, most)
    suffix = f" {number + 1}" if number else ""
    match field.type:
        case FieldType.EMAIL:
            return f"{field.name.replace('_', '-')}{number or ''}@example.com"
        case FieldType.URL:
            return f"https://example.com/{number}" if number else "https://example.com"
        case FieldType.SLUG:
            text = f"{word}{suffix}".replace(" ", "-").lower()
            filler = "-x"
        case _:
            text, filler = f"{word.capitalize()}{suffix}", _FILLER
    while len(text) < least:
        text += filler
    if len(text) > most:
        text = str(number)[:most] if number else text[:most].strip(" -")
    return text.ljust(least, "x")


def _list(field: Field, application: Application, number: int) -> list[Any]:
    least = field.minimum if isinstance(field.minimum, int) else 0
    most = field.maximum if isinstance(field.maximum, int) else 100
    item = Field(field.name, field.item_type or FieldType.STRING, minimum=None, maximum=None)
    return [sample(item, application, number + index) for index in range(min(max(least, 1), most))]


def _ordered(field: Field, number: int) -> Any:
    """A value of a type that has an order, between the field's ends."""
    start, step = _START[field.type]
    least: Any = field.minimum
    most: Any = field.maximum
    if field.type in (FieldType.MONEY, FieldType.DECIMAL):
        start, step = Decimal(start), Decimal(step)
        least = None if least is None else Decimal(str(least))
        most = None if most is None else Decimal(str(most))
    if least is not None and start < least:
        start = least
    if most is not None and start > most:
        start = most if least is None else least
    value = _moved(start, step, number)
    return start if most is not None and value > most else value


_START: dict[FieldType, tuple[Any, Any]] = {
    FieldType.INTEGER: (1, 1),
    FieldType.MONEY: (Decimal("10"), Decimal("1")),
    FieldType.DECIMAL: (Decimal("1"), Decimal("1")),
    FieldType.DATE: (_FIRST_DAY, dt.timedelta(days=1)),
    FieldType.TIME: (dt.time(9), dt.timedelta(hours=1)),
    FieldType.DATETIME: (dt.datetime(2030, 1, 15, 9, tzinfo=dt.UTC), dt.timedelta(days=1)),
    FieldType.DURATION: (dt.timedelta(hours=1), dt.timedelta(minutes=1)),
}


def _moved(start: Any, step: Any, number: int) -> Any:
    if isinstance(start, dt.time):
        return start.replace(hour=(start.hour + number) % 24)
    return start + step * number


def _json(value: Any, field: Field, application: Application) -> Any:
    """A value as JSON carries it."""
    match value:
        case bool() | int() | str() if field.type not in (FieldType.MONEY, FieldType.DECIMAL):
            return value
        case int() | Decimal():
            return f"{value:.{places_of(field, application.currency_digits) or 0}f}"
        case dt.datetime():
            return value.astimezone(dt.UTC).isoformat()
        case dt.date() | dt.time():
            return value.isoformat()
        case dt.timedelta():
            return f"PT{int(value.total_seconds())}S"
    return value
