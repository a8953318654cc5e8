"""Types of fields in request bodies that pydantic does not bring along in the form we want.

Each is an annotation: `Annotated[Decimal, DecimalText(15, 2)]`, `Annotated[datetime, DATETIME]`.
They take JSON strings of exactly one form, so that a value has one meaning for every client; limits
such as `Field(ge=0)` may follow them.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import email_validator
from psycopg.types.json import Jsonb
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema, to_jsonable_python

MAX_EMAIL_LENGTH = 254
MAX_URL_LENGTH = 2_048
MAX_JSON_BYTES = 65_536

_NUMBER = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]+)(?:\.(?P<fraction>[0-9]+))?")
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_SECONDS = r":[0-5][0-9](?:\.[0-9]{1,6})?"
_OFFSET = rf"(?:[Zz]|[+-]{_CLOCK})"
_DATE_ONLY = re.compile(_DATE)
_TIME = re.compile(rf"{_CLOCK}(?:{_SECONDS})?")
_DATETIME = re.compile(rf"{_DATE}[Tt ]{_CLOCK}{_SECONDS}{_OFFSET}")
_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>[0-9]{1,9})W)?(?:(?P<days>[0-9]{1,9})D)?"
    r"(?:T(?=.)(?:(?P<hours>[0-9]{1,9})H)?(?:(?P<minutes>[0-9]{1,9})M)?"
    r"(?:(?P<seconds>[0-9]{1,9}(?:\.[0-9]{1,6})?)S)?)?"
)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_URL_CHARACTERS = re.compile(r"[^\s\x00-\x20\x7f-\x9f<>\"\\^`{|}]+")


@dataclass(frozen=True, slots=True)
class TextForm:
    """A type whose values are JSON strings of one form.

    `parse` turns the text into the value and raises ValueError for any other form; `words` tells
    people what is expected; `schema` describes the strings in OpenAPI.
    """

    words: str
    parse: Callable[[str], Any]
    schema: dict[str, Any] = field(hash=False)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", **self.schema}

    def _read(self, value: Any) -> Any:
        if not isinstance(value, str):
            raise PydanticCustomError("string_type", "Give {words}", {"words": self.words})
        try:
            return self.parse(value)
        except ValueError:
            raise PydanticCustomError("format", "Give {words}", {"words": self.words}) from None


@dataclass(frozen=True, slots=True)
class DecimalText:
    """An exact decimal number, written as text.

    `whole` and `fraction` are the numbers of digits allowed before and after the point. JSON
    numbers are refused: many programs would have rounded them before they arrive here.
    """

    whole: int
    fraction: int

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        fraction = rf"(\.[0-9]{{1,{self.fraction}}})?" if self.fraction else ""
        pattern = rf"^-?[0-9]{{1,{self.whole}}}{fraction}$"
        return {"type": "string", "format": "decimal", "pattern": pattern}

    def parse(self, value: Any) -> Decimal:
        """The number that a text stands for."""
        if not isinstance(value, str) or (number := _NUMBER.fullmatch(value)) is None:
            raise PydanticCustomError("decimal_type", 'Give a decimal number as text, like "12.50"')
        if len(number["fraction"] or "") > self.fraction:
            raise PydanticCustomError(
                "decimal_places", "Give at most {n} digits after the point", {"n": self.fraction}
            )
        if len(number["whole"]) > self.whole:
            raise PydanticCustomError(
                "out_of_range", "Give at most {n} digits before the point", {"n": self.whole}
            )
        return Decimal(value)


@dataclass(frozen=True, slots=True)
class Characters:
    """Refuses some characters in a text: `Annotated[str, ONE_LINE]`."""

    refused: str
    words: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        search = re.compile(f"[{self.refused}]").search

        def check(value: str) -> str:
            if search(value) is not None:
                raise PydanticCustomError("character", "Give {words}", {"words": self.words})
            return value

        return core_schema.no_info_after_validator_function(check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        described = handler(schema)
        described.setdefault("pattern", f"^[^{self.refused}]*$")
        return described


@dataclass(frozen=True, slots=True)
class JsonValue:
    """Any JSON value but null, at most `MAX_JSON_BYTES` long: `Annotated[Any, JSON_VALUE]`."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"not": {"type": "null"}}

    def check(self, value: Any) -> Any:
        """The value itself, if PostgreSQL can store it."""
        if value is None:
            raise PydanticCustomError("required", "Give any JSON value but null")
        try:
            text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        except ValueError:
            raise PydanticCustomError("out_of_range", "A number is too large") from None
        if len(text.encode()) > MAX_JSON_BYTES:
            raise PydanticCustomError("too_long", "Give at most {n} bytes", {"n": MAX_JSON_BYTES})
        return value


def as_json(value: Any) -> Jsonb | None:
    """A value (also a list of dates, decimals, ids) as a parameter for a `jsonb` column."""
    return None if value is None else Jsonb(to_jsonable_python(value))


def _whole(pattern: re.Pattern[str], read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Reads a text if all of it matches the pattern."""

    def parse(text: str) -> Any:
        if pattern.fullmatch(text) is None:
            raise ValueError(text)
        return read(text)

    return parse


def _datetime(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text.upper()).astimezone(dt.UTC)
    except OverflowError as error:
        raise ValueError(text) from error


def _duration(text: str) -> dt.timedelta:
    parts = _DURATION.fullmatch(text)
    if parts is None:
        raise ValueError(text)
    seconds = Decimal(parts["seconds"] or 0)
    try:
        return dt.timedelta(
            **{unit: int(parts[unit] or 0) for unit in ("weeks", "days", "hours", "minutes")},
            seconds=int(seconds),
            microseconds=int(seconds % 1 * 1_000_000),
        )
    except OverflowError as error:
        raise ValueError(text) from error


def _email(text: str) -> str:
    if len(text) > MAX_EMAIL_LENGTH:
        raise ValueError(text)
    found = email_validator.validate_email(text, check_deliverability=False, test_environment=True)
    return found.normalized


def _url(text: str) -> str:
    parts = urlsplit(text)
    named = parts.scheme in {"http", "https"} and parts.hostname
    if not named or len(text) > MAX_URL_LENGTH or _URL_CHARACTERS.fullmatch(text) is None:
        raise ValueError(text)
    _ = parts.port  # raises ValueError for a port that is none
    return text


DATE = TextForm(
    'a date such as "2026-12-31"',
    _whole(_DATE_ONLY, dt.date.fromisoformat),
    {"format": "date", "examples": ["2026-12-31"]},
)
TIME = TextForm(
    'a time of day such as "18:30" or "18:30:15"',
    _whole(_TIME, dt.time.fromisoformat),
    {"pattern": f"^{_TIME.pattern}$", "examples": ["18:30:00"]},
)
DATETIME = TextForm(
    'a time with its offset, such as "2026-12-31T18:30:00+01:00" or "...Z"',
    _whole(_DATETIME, _datetime),
    {"format": "date-time", "examples": ["2026-12-31T18:30:00Z"]},
)
DURATION = TextForm(
    'a duration such as "PT36H", "P1DT12H" or "PT90M"',
    _duration,
    {"format": "duration", "examples": ["PT36H"]},
)
ID = TextForm(
    "a UUID with hyphens", _whole(_UUID, UUID), {"format": "uuid", "pattern": f"^{_UUID.pattern}$"}
)
EMAIL = TextForm(
    "an e-mail address",
    _email,
    {"format": "email", "maxLength": MAX_EMAIL_LENGTH, "examples": ["ada@example.com"]},
)
URL = TextForm(
    "an address that begins with http:// or https://",
    _url,
    {"format": "uri", "maxLength": MAX_URL_LENGTH, "examples": ["https://example.com"]},
)
JSON_VALUE = JsonValue()
ONE_LINE = Characters(r"\u0000-\u001f\u007f-\u009f", "one line without control characters")
PROSE = Characters(
    r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f",
    "text without control characters other than tab and line ends",
)
