"""Values in query strings: how the text of each type is read, and what to call it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from . import fields

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_DECIMAL = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?")


@dataclass(frozen=True, slots=True)
class ValueType:
    """A type of value: `parse` reads its text and raises ValueError; `words` names it to people.

    `schema` describes it in OpenAPI; `ordered` types can be compared by more and less.
    """

    words: str
    parse: Callable[[str], Any]
    schema: Mapping[str, Any]
    ordered: bool = True


def _text(text: str) -> str:
    if "\0" in text:
        raise ValueError(text)
    text.encode()  # half a surrogate pair cannot be: UnicodeEncodeError is a ValueError
    return text


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _decimal(text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


def _boolean(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError(text)
    return text == "true"


def _datetime(text: str) -> dt.datetime:
    # A plus sign that a client forgot to escape arrives as a blank.
    value: dt.datetime = fields.DATETIME.parse(re.sub(r" (?=\d\d:\d\d$)", "+", text))
    return value


TEXT = ValueType("a text", _text, {"type": "string"})
INTEGER = ValueType("a whole number", _integer, {"type": "integer"})
DECIMAL = ValueType("a decimal number", _decimal, {"type": "string", "format": "decimal"})
BOOLEAN = ValueType("true or false", _boolean, {"type": "boolean"}, ordered=False)
DATE = ValueType(
    "a date such as 2026-12-31", fields.DATE.parse, {"type": "string", "format": "date"}
)
TIME = ValueType("a time of day such as 18:30", fields.TIME.parse, {"type": "string"})
DATETIME = ValueType(
    "a time with its offset, such as 2026-12-31T18:30:00Z",
    _datetime,
    {"type": "string", "format": "date-time"},
)
DURATION = ValueType(
    "a duration such as PT36H", fields.DURATION.parse, {"type": "string", "format": "duration"}
)
ID = ValueType("an id", fields.ID.parse, {"type": "string", "format": "uuid"}, ordered=False)


def one_of(choices: Collection[str]) -> ValueType:
    """The type whose values are just these texts."""
    allowed = tuple(choices)

    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(text)
        return text

    return ValueType(
        f"one of: {', '.join(allowed)}",
        parse,
        {"type": "string", "enum": [*allowed]},
        ordered=False,
    )
