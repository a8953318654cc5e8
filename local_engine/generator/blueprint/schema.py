"""The JSON Schema of a Blueprint, for editors and for structured output of models."""

from __future__ import annotations

from typing import Any

from local_engine.generator.blueprint.model import Blueprint
from local_engine.generator.blueprint.resolving import reserved

_SCHEMA = "https://json-schema.org/draft/2020-12/schema"
_SNAKE = f"^(?={reserved.SNAKE_NAME.pattern}$).{{1,{reserved.MAX_LENGTH}}}$"
_PASCAL = f"^(?={reserved.ENTITY_NAME.pattern}$).{{1,{reserved.MAX_LENGTH}}}$"
_SNAKE_MAPS = (
    "fields", "relations", "transitions", "input", "rows", "operations", "reports", "feeds",
    "jobs", "emails",
)  # fmt: skip


def blueprint_json_schema() -> dict[str, Any]:
    """The schema; names, short forms and descriptions included."""
    schema = Blueprint.model_json_schema(by_alias=True, mode="validation")
    definitions: dict[str, Any] = schema.get("$defs", {})
    for model in (schema, *definitions.values()):
        _polish(model)
    return {"$schema": _SCHEMA, "title": "Blueprint", **schema}


def _polish(model: dict[str, Any]) -> None:
    """Adds the form of names, and leaves titles out that only repeat keys."""
    for variant in (model, *model.get("anyOf", ())):
        for key, value in variant.get("properties", {}).items():
            value.pop("title", None)
            if key == "entities":
                value["propertyNames"] = {"pattern": _PASCAL}
            elif key in _SNAKE_MAPS and value.get("type") == "object":
                value["propertyNames"] = {"pattern": _SNAKE}
