"""JSON schemas as TypeScript types."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from local_engine.generator.exporting.document import reference_name

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_SIMPLE = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean",
           "null": "null"}  # fmt: skip
_DEPTH = 20
WIDTH = 100


def type_name(name: str) -> str:
    """A schema's name as the name of a type."""
    text = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return text if _NAME.fullmatch(text) else f"T{text}"


def key(name: str) -> str:
    """A name as a property: in quotes where it has to be."""
    return name if _NAME.fullmatch(name) else json.dumps(name)


def comment(text: str, indent: str = "") -> Iterator[str]:
    """The lines of a documentation comment; none for no text."""
    lines = [" ".join(line.split()) for line in text.replace("*/", "* /").splitlines()]
    lines = [line for line in lines if line]
    if len(lines) == 1 and len(lines[0]) + len(indent) < WIDTH - 7:
        yield f"{indent}/** {lines[0]} */"
    elif lines:
        yield f"{indent}/**"
        yield from (f"{indent} * {line}" for line in lines)
        yield f"{indent} */"


def type_of(schema: Mapping[str, Any] | bool, depth: int = 0) -> str:
    """The type of the values that a schema admits."""
    if isinstance(schema, bool) or not schema or depth > _DEPTH:
        return "unknown"
    name = reference_name(schema)
    if name is not None:
        return type_name(name)
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    for word, sign in (("anyOf", " | "), ("oneOf", " | "), ("allOf", " & ")):
        if word in schema:
            parts = dict.fromkeys(type_of(part, depth + 1) for part in schema[word])
            return sign.join(_grouped(part, sign) for part in parts)
    return _of_kind(schema, depth)


def _of_kind(schema: Mapping[str, Any], depth: int) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(type_of({**schema, "type": one}, depth + 1) for one in kind)
    if kind == "array":
        return f"{_grouped(type_of(schema.get('items', {}), depth + 1), '[')}[]"
    if kind == "string" and schema.get("format") == "binary":
        return "Blob"
    if kind == "object" or "properties" in schema:
        return _object(schema, depth)
    return _SIMPLE.get(str(kind), "unknown")


def _object(schema: Mapping[str, Any], depth: int) -> str:
    properties: Mapping[str, Any] = schema.get("properties", {})
    if not properties:
        more = schema.get("additionalProperties", True)
        if more is False:
            return "Record<string, never>"
        return f"Record<string, {type_of(more, depth + 1)}>"
    required: Sequence[str] = schema.get("required", ())
    parts = [
        f"{key(name)}{'' if name in required else '?'}: {type_of(value, depth + 1)}"
        for name, value in properties.items()
    ]
    return "{ " + "; ".join(parts) + " }"


def _grouped(text: str, sign: str) -> str:
    """A type in parentheses where it would read differently without them."""
    needs = " | " in text if sign in ("[", " & ") else False
    return f"({text})" if needs and not text.startswith("{") else text


def declaration(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    """The lines that declare the type of a schema."""
    yield from comment(str(schema.get("description", "")))
    properties: Mapping[str, Any] = schema.get("properties", {})
    if not properties:
        yield f"export type {type_name(name)} = {type_of(schema)};"
        return
    required: Sequence[str] = schema.get("required", ())
    yield f"export interface {type_name(name)} {{"
    for member, value in properties.items():
        if isinstance(value, Mapping):
            yield from comment(str(value.get("description", "")), "  ")
        yield f"  {key(member)}{'' if member in required else '?'}: {type_of(value)};"
    yield "}"
