"""Example values of JSON schemas, for requests that a person sends by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_engine.generator.exporting.document import ApiDocument

_DEPTH = 6
_BY_FORMAT = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00+00:00",
    "time": "12:00:00",
    "duration": "PT1H",
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-7000-8000-000000000000",
    "decimal": "1.00",
    "password": "correct horse battery staple",
}


def example(document: ApiDocument, schema: Mapping[str, Any], depth: int = 0) -> Any:
    """A value that the schema admits, as far as that can be told without solving patterns."""
    schema = document.resolved(schema)
    if schema.get("examples"):
        return schema["examples"][0]
    for word in ("example", "default", "const"):
        if word in schema:
            return schema[word]
    if schema.get("enum"):
        return schema["enum"][0]
    for word in ("anyOf", "oneOf", "allOf"):
        if schema.get(word):
            return example(document, schema[word][0], depth + 1) if depth < _DEPTH else None
    return _of_kind(document, schema, depth)


def _of_kind(document: ApiDocument, schema: Mapping[str, Any], depth: int) -> Any:
    kind = schema.get("type", "object" if "properties" in schema else None)
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        if depth >= _DEPTH:
            return {}
        properties: Mapping[str, Any] = schema.get("properties", {})
        return {name: example(document, part, depth + 1) for name, part in properties.items()}
    if kind == "array":
        item = schema.get("items")
        return [example(document, item, depth + 1)] if item and depth < _DEPTH else []
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    if kind == "boolean":
        return True
    if kind == "string":
        return _BY_FORMAT.get(str(schema.get("format")), "text"[: schema.get("maxLength", 4)])
    return None
