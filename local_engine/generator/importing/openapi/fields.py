"""A property of a schema as a field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from local_engine.generator.importing.naming import description
from local_engine.generator.importing.sql.types import TypedField, enum_field, is_money, is_one_line

_DECIMAL = re.compile(
    r"\^-\?\[0-9\]\{1,(?P<whole>\d+)\}(?:\(\\\.\[0-9\]\{1,(?P<places>\d+)\}\)\?)?\$"
)
_NO_CONTROLS = {
    r"^[^\u0000-\u001f\u007f-\u009f]*$": "string",
    r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$": "text",
    "^[^\x00-\x1f\x7f-\x9f]*$": "string",
    "^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$": "text",
}
"""What generated projects say of texts without control characters."""
_SLUG = "[a-z0-9]+(-[a-z0-9]+)*"
_FORMATS = {
    "date": "date", "date-time": "datetime", "time": "time", "duration": "duration",
    "uuid": "uuid", "email": "email", "idn-email": "email", "uri": "url", "url": "url",
    "binary": "file", "byte": "file",
}  # fmt: skip
_MONEY_WHOLE, _LONGEST_STRING, _LONGEST_TEXT = 15, 255, 20_000
_INTEGER_REACH = 2**53 - 1


def field_of(name: str, schema: Mapping[str, Any]) -> TypedField:
    """The field of a resolved property; a type that there is not becomes json, and is told."""
    found = _typed(name, schema)
    if schema.get("description"):
        found.data["description"] = description(str(schema["description"]))
    default = schema.get("default")
    if default is not None and found.data["type"] in (
        "string",
        "text",
        "integer",
        "boolean",
        "enum",
    ):
        found.data["default"] = (
            found.renamed.get(default, default) if isinstance(default, str) else default
        )
    if schema.get("writeOnly"):
        found.data["private"] = True
    return found


def _typed(name: str, schema: Mapping[str, Any]) -> TypedField:
    values = schema.get("enum")
    if values and all(isinstance(value, str) for value in values):
        return enum_field(values)
    if set(schema.get("properties") or ()) == {"content_type", "size"}:
        return TypedField({"type": "file"}, ["a file of any type, of at most 5MB"])
    match schema.get("type"):
        case "string":
            return _text(name, schema)
        case "integer":
            return TypedField({"type": "integer"} | _range(schema, 0) | _among(schema))
        case "number":
            kind = "money" if is_money(name) else "decimal"
            reason = "a binary number is kept as a decimal"
            return TypedField(
                {"type": kind} | _range(schema, 2 if kind == "money" else 4), [reason]
            )
        case "boolean":
            return TypedField({"type": "boolean"})
        case "array":
            return _list(schema)
    reason = "" if schema.get("type") == "object" and not schema.get("properties") else "any JSON"
    return TypedField({"type": "json"}, [reason] if reason else [])


def _text(name: str, schema: Mapping[str, Any]) -> TypedField:
    form, pattern = str(schema.get("format", "")), str(schema.get("pattern", ""))
    number = _DECIMAL.fullmatch(pattern)
    if form == "decimal" or number:
        return _decimal(number)
    if form in _FORMATS:
        return TypedField({"type": _FORMATS[form]})
    bare = re.sub(r"^\^(?:\(\?:)?|\)?\$$", "", pattern)
    if bare in (_SLUG, _SLUG.rstrip(")*")):
        longest = schema.get("maxLength")
        return TypedField(
            {"type": "slug"} | ({"max": longest} if longest not in (None, 80) else {})
        )
    longest = schema.get("maxLength")
    if not pattern and longest is None and is_money(name):
        return TypedField({"type": "money"}, ["by its name an amount of money"])
    kind = _NO_CONTROLS.get(pattern)
    assumed = []
    if kind is None:
        short = is_one_line(name) if longest is None else longest <= 4 * _LONGEST_STRING
        kind = "string" if short else "text"
        if longest is None:
            assumed.append("a string without a limit: " + ("one line" if short else "a text"))
    data: dict[str, Any] = {"type": kind}
    least = schema.get("minLength")
    if least is not None and least != (1 if kind == "string" else 0):
        data["min"] = least
    if longest is not None and longest != (_LONGEST_STRING if kind == "string" else _LONGEST_TEXT):
        data["max"] = longest
    if pattern and pattern not in _NO_CONTROLS:
        data["pattern"] = re.sub(r"^\^|\$$", "", pattern)
    return TypedField(data, assumed)


def _decimal(number: re.Match[str] | None) -> TypedField:
    if number is None:
        return TypedField({"type": "decimal"}, ["a decimal without places is kept with 4"])
    places = int(number["places"] or 0)
    if int(number["whole"]) == _MONEY_WHOLE:
        return TypedField({"type": "money"})
    return TypedField({"type": "decimal"} | ({"places": places} if places != 4 else {}))


def _range(schema: Mapping[str, Any], places: int) -> dict[str, Any]:
    data: dict[str, Any] = {}
    step = Decimal(1).scaleb(-places)
    for option, limit, exclusive, sign in (
        ("min", "minimum", "exclusiveMinimum", 1),
        ("max", "maximum", "exclusiveMaximum", -1),
    ):
        value, beyond = _number(schema.get(limit)), schema.get(exclusive)
        if beyond is True and value is not None:  # OpenAPI 3.0
            value += sign * step
        elif (end := _number(beyond)) is not None:  # OpenAPI 3.1
            value = end + sign * step
        if value is not None and abs(value) < _INTEGER_REACH:
            data[option] = int(value) if value == value.to_integral() else value
    return data


def _number(value: object) -> Decimal | None:
    """A number of a document, exactly as it is written; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Decimal(str(value))


def _among(schema: Mapping[str, Any]) -> dict[str, Any]:
    values = schema.get("enum")
    return {"in": list(values)} if values else {}


def _list(schema: Mapping[str, Any]) -> TypedField:
    items = schema.get("items")
    inner = _typed("item", items) if isinstance(items, Mapping) else TypedField({"type": "json"})
    of = {"text": "string", "enum": "string", "money": "decimal"}.get(
        inner.data["type"], inner.data["type"]
    )
    if of not in (
        "string",
        "integer",
        "decimal",
        "boolean",
        "date",
        "uuid",
        "email",
        "url",
        "slug",
    ):
        return TypedField({"type": "json"}, ["a list of what lists cannot hold: json"])
    data: dict[str, Any] = {"type": "list"} | ({"of": of} if of != "string" else {})
    for option, word, usual in (("min", "minItems", 0), ("max", "maxItems", 100)):
        if schema.get(word) not in (None, usual):
            data[option] = schema[word]
    return TypedField(data)
