"""JSON Schemas in the dialects that providers take.

What a dialect cannot say is left out: the answer is checked against the whole schema anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from local_engine.generator.agents.providers.protocol import JsonSchema

Schema = dict[str, Any]

# ai.google.dev/gemini-api/docs/structured-output, "JSON schema support".
_GEMINI_KEYWORDS = frozenset(
    {"$defs", "$ref", "type", "format", "title", "description", "enum", "items", "prefixItems"}
    | {"minItems", "maxItems", "minimum", "maximum", "anyOf", "oneOf", "properties"}
    | {"additionalProperties", "required", "propertyOrdering"}
)
# Gemini answers 400 when the `maxItems` of a schema sum up to more than about 960.
_GEMINI_MAX_ITEMS = 900

# console.groq.com/docs/structured-outputs; whatever only narrows a value is left out.
_STRICT_KEYWORDS = frozenset(
    {"$defs", "$ref", "type", "description", "enum", "items", "properties", "required"}
    | {"additionalProperties", "anyOf"}
)


class UnsupportedSchema(ValueError):
    """A dialect cannot say this schema: it has objects with free names."""


def gemini_dialect(schema: JsonSchema) -> Schema:
    """The schema as Gemini's `responseJsonSchema`."""
    made = _rewritten(schema, _GEMINI_KEYWORDS, lambda part: part)
    bounded = sorted(
        (part for part in _parts(made) if "maxItems" in part), key=lambda part: part["maxItems"]
    )
    while sum(part["maxItems"] for part in bounded) > _GEMINI_MAX_ITEMS:
        del bounded.pop()["maxItems"]
    return made


def strict_dialect(schema: JsonSchema) -> Schema:
    """The schema for strict mode: all fields required, those that were not may be null.

    Raises `UnsupportedSchema` for objects with free names. `without_nulls` undoes the nulls.
    """
    return _rewritten(schema, _STRICT_KEYWORDS, _strict)


def _strict(part: Schema) -> Schema:
    if part.get("type") != "object" and "properties" not in part:
        return part
    if part.get("additionalProperties") not in (None, False):
        raise UnsupportedSchema("Strict mode has no objects with free names: use a list of pairs.")
    required = part.get("required", ())
    properties = {
        name: value if name in required else _nullable(value)
        for name, value in part.get("properties", {}).items()
    }
    return {
        **part,
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _nullable(part: Schema) -> Schema:
    if _takes_null(part):
        return part
    if "anyOf" in part:
        return {**part, "anyOf": [*part["anyOf"], {"type": "null"}]}
    return {"anyOf": [part, {"type": "null"}]}


def _takes_null(part: JsonSchema) -> bool:
    kinds = part.get("type")
    if kinds == "null" or (isinstance(kinds, list) and "null" in kinds):
        return True
    if "enum" in part:
        return None in part["enum"]
    return any(_takes_null(option) for option in part.get("anyOf", ()))


def _rewritten(
    schema: JsonSchema, keywords: frozenset[str], change: Callable[[Schema], Schema]
) -> Schema:
    """A copy of the schema with these keywords only, every part of it changed from inside out."""
    if "$ref" in schema:  # may have no siblings, but for the definitions at the root
        made: Schema = {"$ref": schema["$ref"]}
        if "$defs" in schema:
            made["$defs"] = _each(schema["$defs"], keywords, change)
        return made
    if len(schema.get("allOf", ())) == 1:
        rest = {key: value for key, value in schema.items() if key != "allOf"}
        return _rewritten({**schema["allOf"][0], **rest}, keywords, change)
    made = {}
    for key, value in schema.items():
        if key == "const":
            made["enum"] = [value]
        elif key == "oneOf" and key not in keywords:
            made["anyOf"] = [_rewritten(part, keywords, change) for part in value]
        elif key not in keywords:
            continue
        elif key in ("properties", "$defs"):
            made[key] = _each(value, keywords, change)
        elif key in ("anyOf", "oneOf", "prefixItems"):
            made[key] = [_rewritten(part, keywords, change) for part in value]
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            made[key] = _rewritten(value, keywords, change)
        else:
            made[key] = value
    return change(made)


def _each(
    schemas: JsonSchema, keywords: frozenset[str], change: Callable[[Schema], Schema]
) -> Schema:
    return {name: _rewritten(part, keywords, change) for name, part in schemas.items()}


def _parts(schema: JsonSchema) -> Iterator[Schema]:
    """All schemas in a schema, itself first."""
    if isinstance(schema, dict):
        yield schema
    for key, value in schema.items():
        if key in ("properties", "$defs"):
            for part in value.values():
                yield from _parts(part)
        elif key in ("anyOf", "oneOf", "prefixItems"):
            for part in value:
                yield from _parts(part)
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            yield from _parts(value)


def without_nulls(value: Any, schema: JsonSchema) -> Any:
    """The value without the nulls that only strict mode asked for: those of optional fields."""
    return _Pruning(schema).pruned(value, schema)


class _Pruning:
    """Takes nulls out of a value along its schema."""

    def __init__(self, root: JsonSchema) -> None:
        self._root = root

    def pruned(self, value: Any, schema: JsonSchema) -> Any:
        options = [self._resolved(option) for option in self._options(schema)]
        if isinstance(value, list):
            items = [option["items"] for option in options if isinstance(option.get("items"), dict)]
            return [self.pruned(item, {"anyOf": items}) for item in value] if items else value
        if not isinstance(value, dict):
            return value
        made = {}
        for name, inner in value.items():
            known = [option for option in options if name in option.get("properties", {})]
            fields = [option["properties"][name] for option in known]
            needed = any(name in option.get("required", ()) for option in known)
            if inner is None and known and not needed and not any(map(self._nullable, fields)):
                continue
            made[name] = self.pruned(inner, {"anyOf": fields}) if fields else inner
        return made

    def _resolved(self, schema: JsonSchema) -> JsonSchema:
        while "$ref" in schema:
            schema = self._root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
        return schema

    def _options(self, schema: JsonSchema) -> Iterator[JsonSchema]:
        schema = self._resolved(schema)
        branches = [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]
        if not branches:
            yield schema
        for branch in branches:
            yield from self._options(branch)

    def _nullable(self, schema: JsonSchema) -> bool:
        return any(_takes_null(option) for option in self._options(schema))
