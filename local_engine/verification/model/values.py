"""Values of fields: from JSON with all limits checked, and back (docs/blueprint.md, §4)."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation, localcontext
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from local_engine.generator.blueprint.resolved import Field, FieldType
from local_engine.verification.durations import format_duration, parse_duration

JSON_BYTES = 65_536
INTEGER_MAX = 9_007_199_254_740_991
TEXT_TYPES = frozenset(
    {
        FieldType.STRING,
        FieldType.TEXT,
        FieldType.EMAIL,
        FieldType.URL,
        FieldType.SLUG,
    }
)
DECIMALS = frozenset({FieldType.DECIMAL, FieldType.MONEY})
NUMBERS = DECIMALS | {FieldType.INTEGER}
MEASURED = NUMBERS | {FieldType.DATE, FieldType.TIME, FieldType.DATETIME, FieldType.DURATION}

_LENGTHS = {
    FieldType.STRING: (1, 255),
    FieldType.TEXT: (0, 20_000),
    FieldType.SLUG: (1, 80),
    FieldType.LIST: (0, 100),
    FieldType.EMAIL: (1, 254),
    FieldType.URL: (1, 2048),
}
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_NOT_IN_A_LINE = re.compile(r"[\0-\x1f\x7f-\x9f]")
_NOT_IN_LINES = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_WHOLE_DIGITS = {FieldType.DECIMAL: 19, FieldType.MONEY: 15}


class Invalid(Exception):
    """A JSON value that the field does not take; the message says why."""


def read(field: Field, value: Any) -> Any:
    """The value that this JSON value (not null) stands for; raises Invalid."""
    parsed = _READERS[field.type](field, value)
    _check_limits(field, parsed)
    return parsed


def stored(field: Field, value: Any) -> Any:
    """The value as the field keeps it: rounded half to even to its places."""
    if value is None or field.type not in DECIMALS or field.places is None:
        return value
    with localcontext() as context:
        context.prec = 200
        number = Decimal(value)
        return number.quantize(Decimal(1).scaleb(-field.places), ROUND_HALF_EVEN)


def show(field: Field, value: Any) -> Any:
    """The JSON form in answers."""
    if value is None:
        return None
    match field.type:
        case FieldType.DECIMAL | FieldType.MONEY:
            return f"{stored(field, value):f}"
        case FieldType.DATETIME:
            return show_datetime(value)
        case FieldType.DATE | FieldType.TIME:
            return value.isoformat()
        case FieldType.DURATION:
            return format_duration(value)
        case FieldType.UUID:
            return str(value)
        case FieldType.LIST:
            item = item_field(field)
            return [show(item, one) for one in value]
        case _:
            return value


def show_datetime(value: datetime) -> str:
    """An instant in UTC, with a fraction only where it is not zero."""
    text = value.astimezone(UTC).isoformat()
    head, point, rest = text.partition(".")
    if not point:
        return text
    fraction, offset = rest[:6].rstrip("0"), rest[6:]
    return f"{head}{'.' if fraction else ''}{fraction}{offset}"


def item_field(field: Field) -> Field:
    """A field for the items of a list."""
    return Field(name=field.name, type=field.item_type or FieldType.STRING)


def from_text(field: Field, text: str) -> Any:
    """The value that a filter parameter stands for; raises Invalid."""
    bare = replace(field, minimum=None, maximum=None, allowed=(), pattern=None, nonzero=False)
    if field.type is FieldType.INTEGER:
        if not re.fullmatch(r"-?\d{1,19}", text):
            raise Invalid("a whole number")
        return int(text)
    if field.type is FieldType.BOOLEAN:
        if text not in ("true", "false"):
            raise Invalid("true or false")
        return text == "true"
    return _READERS[field.type](bare, text)


def length_limits(field: Field) -> tuple[int, int]:
    """Least and greatest length (or count of items), with the type's own limits filled in."""
    low, high = _LENGTHS[field.type]
    least = field.minimum if isinstance(field.minimum, int) else low
    most = field.maximum if isinstance(field.maximum, int) else high
    return least, most


def check_number(field: Field, value: Any) -> str:
    """Which limit a value breaks: `min`, `max` or an empty text."""
    minimum: Any = field.minimum
    maximum: Any = field.maximum
    if minimum is not None and value < minimum:
        return "min"
    if maximum is not None and value > maximum:
        return "max"
    return ""


def _check_limits(field: Field, value: Any) -> None:
    if field.type in _LENGTHS:
        low, high = length_limits(field)
        if not low <= len(value) <= high:
            raise Invalid(f"a length from {low} to {high}")
    elif field.type in MEASURED and check_number(field, value):
        raise Invalid("a value within its limits")
    if field.allowed and value not in field.allowed:
        raise Invalid("one of the allowed values")
    if field.nonzero and value == 0:
        raise Invalid("anything but zero")
    if field.pattern is not None and not re.fullmatch(field.pattern, value):
        raise Invalid(f"the pattern {field.pattern}")


def _text(_: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise Invalid("text")
    if _NO_TEXT.search(value):
        raise Invalid("text without NUL and lone surrogates")
    return value


def _string(field: Field, value: Any) -> str:
    text = _text(field, value)
    if _NOT_IN_A_LINE.search(text):
        raise Invalid("one line without control characters")
    return text


def _long_text(field: Field, value: Any) -> str:
    text = _text(field, value)
    if _NOT_IN_LINES.search(text):
        raise Invalid("text without control characters")
    return text


def _integer(_: Field, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > INTEGER_MAX:
        raise Invalid("a whole number")
    return value


def _decimal(field: Field, value: Any) -> Decimal:
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise Invalid("a decimal number in a string")
    whole, _, fraction = value.lstrip("-").partition(".")
    places = 4 if field.places is None else field.places
    if len(fraction) > places or len(whole.lstrip("0")) > _WHOLE_DIGITS[field.type]:
        raise Invalid(f"at most {places} digits after the point")
    try:
        number: Decimal = stored(field, Decimal(value))
    except InvalidOperation:
        raise Invalid("a decimal number") from None
    return number


def _boolean(_: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid("true or false")
    return value


def _date(field: Field, value: Any) -> date:
    text = _text(field, value)
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Invalid("a date")


def _time(field: Field, value: Any) -> time:
    text = _text(field, value)
    try:
        if re.fullmatch(r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?", text):
            return time.fromisoformat(text)
    except ValueError:
        pass
    raise Invalid("a time of day")


def read_datetime(value: Any) -> datetime:
    """The instant that a text in RFC 3339 stands for; raises Invalid."""
    pattern = r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)"
    try:
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return datetime.fromisoformat(value.upper().replace("Z", "+00:00")).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Invalid("a date and time with an offset")


def _datetime(_: Field, value: Any) -> datetime:
    return read_datetime(value)


def _duration(field: Field, value: Any) -> timedelta:
    try:
        return parse_duration(_text(field, value))
    except (ValueError, OverflowError):
        raise Invalid("a duration") from None


def _uuid(field: Field, value: Any) -> UUID:
    text = _text(field, value)
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text):
        raise Invalid("a UUID")
    return UUID(text)


def _email(field: Field, value: Any) -> str:
    text = _string(field, value)
    if not _EMAIL.fullmatch(text):
        raise Invalid("an e-mail address")
    return text


def _url(field: Field, value: Any) -> str:
    text = _string(field, value)
    try:
        parts = urlsplit(text)
        if parts.scheme in ("http", "https") and parts.hostname and " " not in text:
            return text
    except ValueError:
        pass
    raise Invalid("a web address")


def _slug(field: Field, value: Any) -> str:
    text = _text(field, value)
    if not _SLUG.fullmatch(text):
        raise Invalid("a slug")
    return text


def _enum(field: Field, value: Any) -> str:
    if not isinstance(value, str) or value not in field.values:
        raise Invalid(f"one of {', '.join(field.values)}")
    return value


def _json(_: Field, value: Any) -> Any:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode("utf-8", "surrogatepass")) > JSON_BYTES:
        raise Invalid("at most 64 KiB")
    return value


def _list(field: Field, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Invalid("an array")
    item = item_field(field)
    if any(one is None for one in value):
        raise Invalid("an array without null")
    return [read(item, one) for one in value]


def _file(_: Field, __: Any) -> Any:
    raise Invalid("nothing: files have a route of their own")


_READERS: dict[FieldType, Callable[[Field, Any], Any]] = {
    FieldType.STRING: _string,
    FieldType.TEXT: _long_text,
    FieldType.INTEGER: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.MONEY: _decimal,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.TIME: _time,
    FieldType.DATETIME: _datetime,
    FieldType.DURATION: _duration,
    FieldType.UUID: _uuid,
    FieldType.EMAIL: _email,
    FieldType.URL: _url,
    FieldType.SLUG: _slug,
    FieldType.ENUM: _enum,
    FieldType.JSON: _json,
    FieldType.LIST: _list,
    FieldType.FILE: _file,
}
