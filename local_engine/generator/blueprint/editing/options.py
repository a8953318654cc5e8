"""Options of a part that are changed one by one: `{max: 80, unique: null}`; null takes one away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BeforeValidator, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from local_engine.generator.blueprint.editing.edit import Refusal
from local_engine.generator.blueprint.model import Node

OWN_RENAME = ("was",)
"""Keys that only renames write."""


def option_keys(*models: type[Node]) -> tuple[str, ...]:
    """The keys of models (as YAML writes them) that can be changed one by one."""
    keys = [info.alias or name for model in models for name, info in model.model_fields.items()]
    return tuple(dict.fromkeys(key for key in keys if key not in OWN_RENAME))


def checked(keys: tuple[str, ...]) -> BeforeValidator:
    """Refuses options that are not known, all at once."""
    return BeforeValidator(_checker(keys))


def _checker(keys: tuple[str, ...]) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if isinstance(value, Mapping):
            unknown = [str(key) for key in value if key not in keys]
            if unknown:
                context = {"unknown": unknown, "known": list(keys)}
                raise PydanticCustomError("unknown_keys", "unknown keys: {unknown}", context)
        return value

    return check


def options_schema(keys: tuple[str, ...], *models: type[Node]) -> WithJsonSchema:
    """The JSON Schema of options: each as in its model, or null."""
    properties: dict[str, Any] = {}
    for model in models:
        schema = model.model_json_schema(by_alias=True)
        for part in (schema, *schema.get("anyOf", ())):
            properties |= part.get("properties", {})
    nullable = {
        key: {"anyOf": [_bare(properties[key]), {"type": "null"}]}
        for key in keys
        if key in properties
    }
    return WithJsonSchema({"type": "object", "properties": nullable, "additionalProperties": False})


def _bare(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key not in ("title", "default")}


def merged(present: Any, changes: Mapping[str, Any], model: type[Node], key: str) -> Any:
    """The plain form of a part with some options changed. Raises Refusal for what does not fit."""
    if not changes:
        raise Refusal(key, "nothing-to-do", "Say which options to set.")
    data = {"type": present} if isinstance(present, str) else dict(present)
    for option, value in changes.items():
        if value is None:
            data.pop(option, None)
        else:
            data[option] = value
    try:
        return model.model_validate(data).plain()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in (key, *first["loc"]))
        raise Refusal(place, "wrong-kind", f"{first['msg'].rstrip('.')}.") from None
