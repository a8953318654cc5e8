"""What the fields take, written from docs/blueprint.md without the verifier's help."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from local_engine.generator.blueprint.resolved import Field, FieldType

from .problems import invalid


def accept(field: Field, value: Any, defects: set[str]) -> Any:
    """The value as it is stored; raises a Problem."""
    if value is None:
        if field.optional or "null_taken" in defects:
            return None
        raise invalid(field.name, "required")
    try:
        return _READERS[field.type](field, value, defects)
    except (ValueError, TypeError, InvalidOperation) as error:
        raise invalid(field.name, str(error)) from error


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _text(field: Field, value: Any, defects: set[str]) -> str:
    if "types_unchecked" in defects:
        value = str(value)
    _require(isinstance(value, str), "text")
    if "nul_breaks" in defects and "\x00" in value:
        raise RuntimeError("NUL")
    allowed = "\t\n\r" if field.type is FieldType.TEXT else ""
    if "controls_taken" not in defects:
        bad = any(unicodedata.category(c) in ("Cc", "Cs") and c not in allowed for c in value)
        _require(not bad, "no control characters")
    least, greatest = int(str(field.minimum)), int(str(field.maximum))
    greatest += 1 if "max_off_by_one" in defects else 0
    greatest -= 1 if "max_too_small" in defects else 0
    _require(least <= len(value) <= greatest, "length")
    if field.pattern and "pattern_ignored" not in defects:
        _require(re.fullmatch(field.pattern, value) is not None, "pattern")
    if "markers_changed" in defects:
        value = value.replace("'", "''")
    return str(value.strip() if "stripped" in defects else value)


def _integer(field: Field, value: Any, defects: set[str]) -> int:
    if "numbers_in_strings" in defects and isinstance(value, str):
        value = int(value)
    _require(isinstance(value, int) and not isinstance(value, bool), "integer")
    if "range_ignored" not in defects:
        _require(int(str(field.minimum)) <= value <= int(str(field.maximum)), "range")
    return int(value)


def _money(field: Field, value: Any, defects: set[str]) -> str:
    if "float_money" in defects and isinstance(value, int | float):
        value = str(value)
    _require(isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value) is not None, "money")
    number = Decimal(value)
    if "rounded" not in defects:
        _require(-int(number.as_tuple().exponent) <= 2, "places")
    _require(number >= Decimal(str(field.minimum)), "minimum")
    _require(number < Decimal(10) ** 15, "digits")
    return f"{number + 1:.2f}" if "stripped_price" in defects else f"{number:.2f}"


def _boolean(_: Field, value: Any, __: set[str]) -> bool:
    _require(isinstance(value, bool), "boolean")
    return bool(value)


def _date(_: Field, value: Any, __: set[str]) -> str:
    _require(isinstance(value, str) and len(value) == 10, "date")
    return date.fromisoformat(value).isoformat()


def _datetime(_: Field, value: Any, defects: set[str]) -> str:
    _require(isinstance(value, str), "date-time")
    moment = datetime.fromisoformat(value)
    if "naive_times" in defects and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    _require(moment.tzinfo is not None, "offset")
    return moment.astimezone(UTC).isoformat()


def _enum(field: Field, value: Any, _: set[str]) -> str:
    _require(value in field.values, "one of the values")
    return str(value)


def _list(field: Field, value: Any, defects: set[str]) -> list[str]:
    _require(isinstance(value, list), "array")
    _require(all(isinstance(item, str) and item for item in value), "items")
    greatest = int(str(field.maximum)) + ("items_unlimited" in defects)
    _require(len(value) <= greatest, "number of items")
    return list(value)


_READERS: dict[FieldType, Callable[[Field, Any, set[str]], Any]] = {
    FieldType.STRING: _text,
    FieldType.TEXT: _text,
    FieldType.INTEGER: _integer,
    FieldType.MONEY: _money,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    FieldType.ENUM: _enum,
    FieldType.LIST: _list,
}


def from_query(field: Field, text: str) -> Any:
    """A filter's value in the form in which it compares; raises ValueError."""
    match field.type:
        case FieldType.INTEGER:
            return int(text)
        case FieldType.MONEY:
            return Decimal(text)
        case FieldType.BOOLEAN:
            _require(text in ("true", "false"), "boolean")
            return text == "true"
        case FieldType.ENUM:
            _require(text in field.values, "value")
    if field.type is FieldType.DATE:
        return date.fromisoformat(text).isoformat()
    if field.type is FieldType.DATETIME:
        return datetime.fromisoformat(text).astimezone(UTC).isoformat()
    _require(not any(unicodedata.category(c) in ("Cc", "Cs") for c in text), "text")
    return text


def comparable(field: Field | None, value: Any) -> Any:
    """A stored value in the form in which it compares."""
    money = field is not None and field.type is FieldType.MONEY
    return Decimal(value) if money and value is not None else value


def is_id(value: Any) -> bool:
    """Whether this is an id in its canonical form."""
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False


def is_time(value: Any) -> bool:
    """Whether it is a point in time as bodies have it."""
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False
