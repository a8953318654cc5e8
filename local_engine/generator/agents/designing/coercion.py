"""From what a model wrote to what it meant: names in the Blueprint's letters, literals by type."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from local_engine.generator.planner.naming import entity_name, snake

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?")
_NUMERIC = ("integer", "decimal", "money")
_LENGTHS = ("string", "text", "slug", "list", "json", "email", "url")
_ENTITY = re.compile(r"[A-Z][A-Za-z0-9]{0,39}")
_SNAKE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def entity_word(text: str) -> str:
    """A name that an entity may have; one that is good already stays as it is."""
    return text if _ENTITY.fullmatch(text) else entity_name(text)


def name_word(text: str) -> str:
    """A name that anything else may have."""
    return text if _SNAKE.fullmatch(text) else snake(text)


def settle_names(value: Any) -> Any:
    """An answer about entities with proper names in it, so that faults can be found by name."""
    for entity in value.get("entities") or ():
        entity["name"] = entity_word(str(entity.get("name", "")))
        for field in entity.get("fields") or ():
            field["name"] = name_word(str(field.get("name", "")))
        for relation in entity.get("relations") or ():
            relation["name"] = name_word(str(relation.get("name", "")))
    return value


def field_data(data: dict[str, Any]) -> dict[str, Any]:
    """The plain form of a field (or of an input), its literals by its type."""
    if "ref" in data:
        return {key: data[key] for key in ("ref", "access", "optional") if key in data}
    if "rows" in data:
        data["rows"] = {name: field_data(inner) for name, inner in data["rows"].items()}
        return _with_whole(data, ("min", "max"))
    kind = data.get("type", "string")
    if kind != "enum":
        data.pop("values", None)
    for key in ("min", "max", "never_below"):
        if key in data and kind in (*_NUMERIC, *_LENGTHS):
            data[key] = _number(data[key])
    if "in" in data and kind in _NUMERIC:
        data["in"] = [_number(item) for item in data["in"]]
    if "default" in data:
        data["default"] = _default(data["default"], kind)
        if data["default"] is None:
            del data["default"]
    return data


def _with_whole(data: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    for key in keys:
        if key in data:
            data[key] = _number(data[key])
    return data


def _default(value: str, kind: str) -> Any:
    if value.lower() in ("null", "none"):
        return None
    if kind in _NUMERIC:
        return _number(value)
    if kind == "boolean" and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if kind in ("list", "json"):
        try:
            return json.loads(value, parse_float=Decimal)
        except (ValueError, RecursionError):
            return [value] if kind == "list" else value
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if quoted else value


def _number(value: Any) -> Any:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value.strip()):
        return value
    text = value.strip()
    return Decimal(text) if "." in text else int(text)
