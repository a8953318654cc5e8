"""Values that look like somebody's: for demo data, by what a field and its entity are called.

The same field and number always give the same value. Where the field's limits leave no room for
such a value, its sample stands in.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from local_engine.generator.blueprint.resolved import Entity, Field, FieldType
from local_engine.generator.emit.fastapi.samples.values import sample
from local_engine.generator.emit.relational.names import snake

TODAY = dt.date(2026, 9, 1)
"""The day that dates lie around."""

_NAMES = frozenset({"name", "title", "label", "full_name", "code", "number", "sku", "slug"})
_PAST = frozenset({"born", "founded", "published", "sold", "joined", "hired", "bought", "won"})
_ENDS = frozenset({"end", "ends", "ended", "to", "until", "till", "closes", "finishes"})
_PRICES = tuple(Decimal(cents) / 100 for cents in (490, 1250, 1900, 725, 3400, 8990, 14900))
_COUNTS = (12, 5, 30, 8, 21, 3, 16, 40, 9, 25)
_FEW = (1, 2, 1, 3, 2, 1, 4)


def lifelike(field: Field, entity: Entity, number: int) -> Any:
    """A value for the row of this number."""
    if field.allowed or field.pattern is not None:
        return sample(field, number)
    value = _value(field, entity, number)
    return value if _fits(field, value) else sample(field, number)


def _value(field: Field, entity: Entity, number: int) -> Any:
    words = field.name.split("_")
    match field.type:
        case FieldType.STRING | FieldType.TEXT | FieldType.SLUG:
            return _text(field, entity, number)
        case FieldType.EMAIL:
            return f"{_person(number).lower().replace(' ', '.')}@example.com"
        case FieldType.URL:
            return f"https://example.com/{snake(entity.name).replace('_', '-')}/{number + 1}"
        case FieldType.MONEY:
            return _PRICES[number % len(_PRICES)]
        case FieldType.DECIMAL:
            return Decimal(_COUNTS[number % len(_COUNTS)])
        case FieldType.INTEGER:
            return _integer(field, words, number)
        case FieldType.BOOLEAN:
            return number % 3 == 1
        case FieldType.ENUM:
            return field.values[number % len(field.values)]
        case FieldType.DATE:
            return _day(words, number) + dt.timedelta(days=2 * (words[0] in _ENDS))
        case FieldType.DATETIME:
            hour = 9 + 2 * (number % 4) + (words[0] in _ENDS)
            return dt.datetime.combine(_day(words, number), dt.time(hour), tzinfo=dt.UTC)
    return sample(field, number)


def _integer(field: Field, words: list[str], number: int) -> int:
    if field.minimum is not None and field.maximum is not None and _span(field) <= 10:
        return int(str(field.maximum)) - (0, 1, 0, 2, 1)[number % 5]
    if "year" in words:
        return TODAY.year - number % 30
    if {"position", "rank", "order"} & set(words):
        return number
    if {"quantity", "people", "guests", "persons", "participants"} & set(words):
        return _FEW[number % len(_FEW)]
    return _COUNTS[number % len(_COUNTS)]


def _span(field: Field) -> int:
    return int(str(field.maximum)) - int(str(field.minimum))


def _day(words: list[str], number: int) -> dt.date:
    if "born" in words or "birth" in words or "birthday" in words:
        return TODAY - dt.timedelta(days=4000 + 397 * number)
    if _PAST & set(words):
        return TODAY - dt.timedelta(days=3 + 11 * number)
    return TODAY + dt.timedelta(days=3 * number - 12)


def _text(field: Field, entity: Entity, number: int) -> str:
    listed, own = _listed(field, entity)
    text = listed[number % len(listed)]
    again = number // len(listed)
    if own and (again or field.unique):
        text = f"{text} {again + 1}" if again else text
    return _slug(text) if field.type is FieldType.SLUG else text


def _listed(field: Field, entity: Entity) -> tuple[list[str], bool]:
    """The texts to choose from, and whether they name the row, so that they should differ."""
    words = _words()
    kinds = [part for part in reversed(snake(entity.name).split("_")) if part in words["names"]]
    if field.name in ("first_name", "given_name"):
        return [name.partition(" ")[0] for name in words["people"]], False
    if field.name in ("last_name", "surname", "family_name"):
        return [name.partition(" ")[2] for name in words["people"]], False
    if field.name in _NAMES and kinds:
        return _resolved(words["names"][kinds[0]]), True
    for part in reversed(field.name.split("_")):
        if part in words["fields"]:
            return _resolved(words["fields"][part]), field.name in _NAMES
    if field.type is FieldType.TEXT:
        return _resolved("sentences"), False
    plain = snake(entity.name if field.name in _NAMES else field.name).replace("_", " ")
    return [f"{plain[:1].upper()}{plain[1:]} {count}" for count in range(1, 100)], True


def _resolved(entry: str | list[str]) -> list[str]:
    found = _words()[entry] if isinstance(entry, str) else entry
    assert isinstance(found, list)
    return found


def _person(number: int) -> str:
    people = _resolved("people")
    again = number // len(people)
    return people[number % len(people)] + (str(again + 1) if again else "")


def _slug(text: str) -> str:
    kept = "".join(c if c.isalnum() else " " for c in text.lower())
    return "-".join(kept.split())


def _fits(field: Field, value: Any) -> bool:
    low, high = field.minimum, field.maximum
    measured: Any = len(value) if isinstance(value, str) else value
    if isinstance(value, bool) or value is None or (field.nonzero and value == 0):
        return not field.nonzero or bool(value)
    if isinstance(measured, Decimal):
        low, high = (None if end is None else Decimal(str(end)) for end in (low, high))
        if field.places is not None and measured != round(measured, field.places):
            return False
    try:
        return (low is None or measured >= low) and (high is None or measured <= high)
    except TypeError:
        return True


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
