"""Whether an OpenAPI document is a valid one (3.1): https://spec.openapis.org/oas/v3.1.0."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs

from local_engine.verification.openapi import METHODS

SCHEMA = "openapi-3.1.json"
"""The OpenAPI Initiative's own JSON Schema of a document (2022-10-07, Apache-2.0)."""

_INNER = ("items", "not", "additionalProperties", "contains", "propertyNames")
_INNER_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_INNER_MAPS = ("properties", "patternProperties", "$defs")

Place = tuple[str, ...]


def faults(document: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the document, each with where: its form, its schemas, its paths."""
    for error in _form().iter_errors(document):
        yield _fault(error.instance_path, error.message)
    for place, schema in _schemas(document, ()):
        yield from _schema_faults(document, place, schema)
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, Mapping) else ():
        yield from _path_faults(document, str(path), item)


@cache
def _form() -> jsonschema_rs.Draft202012Validator:
    text = files("local_engine.verification").joinpath(SCHEMA).read_text(encoding="utf-8")
    return jsonschema_rs.Draft202012Validator(json.loads(text))


def _fault(place: Iterable[object], message: str) -> str:
    return f"at /{'/'.join(map(str, place))}: {message[:200]}"


def _schemas(value: object, place: Place) -> Iterator[tuple[Place, object]]:
    """The outermost schemas and where they are; what is inside of them is theirs."""
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _schemas(inner, (*place, str(number)))
    for key, inner in value.items() if isinstance(value, Mapping) else ():
        here = (*place, str(key))
        if key == "schema":
            yield here, inner
        elif here == ("components", "schemas") and isinstance(inner, Mapping):
            yield from (((*here, str(name)), schema) for name, schema in inner.items())
        else:
            yield from _schemas(inner, here)


def _schema_faults(document: Mapping[str, Any], place: Place, schema: object) -> Iterator[str]:
    """A schema that is none, a reference that leads nowhere, a default that does not fit."""
    if not isinstance(schema, Mapping):
        return  # then the form says so
    try:
        _validator(document, schema)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
        yield _fault(place, getattr(error, "message", str(error)))
        return
    for inner in _inner(schema):
        if "default" in inner and not _validator(document, inner).is_valid(inner["default"]):
            yield _fault(place, f"the default {inner['default']!r} is not valid")


def _validator(
    document: Mapping[str, Any], schema: Mapping[str, Any]
) -> jsonschema_rs.Draft202012Validator:
    # References are written "#/components/...": the components must be part of the schema.
    whole = {**schema, "components": document.get("components", {})}
    return jsonschema_rs.Draft202012Validator(whole)


def _inner(schema: object) -> Iterator[Mapping[str, Any]]:
    """A schema and all that it is made of."""
    if not isinstance(schema, Mapping):
        return
    yield schema
    for key in _INNER:
        yield from _inner(schema.get(key))
    for key in _INNER_LISTS:
        for one in schema.get(key, ()):
            yield from _inner(one)
    for key in _INNER_MAPS:
        for one in schema.get(key, {}).values():
            yield from _inner(one)


def _path_faults(document: Mapping[str, Any], path: str, item: object) -> Iterator[str]:
    """Parameters that are in a path and not described, or the other way round."""
    if not isinstance(item, Mapping):
        return
    named = set(re.findall(r"\{([^}]*)\}", path))
    for method, operation in item.items():
        if method not in METHODS or not isinstance(operation, Mapping):
            continue
        described = _path_parameters(document, (item, operation))
        for name in sorted(named ^ described):
            where = "is not described" if name in named else "is not in the path"
            yield _fault(("paths", path, method), f"the parameter {name} {where}")


def _path_parameters(document: Mapping[str, Any], owners: Iterable[Mapping[str, Any]]) -> set[str]:
    found = set[str]()
    for owner in owners:
        for parameter in owner.get("parameters", ()):
            name = str(parameter.get("$ref", "")).rpartition("/")[2]
            known = document.get("components", {}).get("parameters", {})
            one = known.get(name, {}) if name else parameter
            if one.get("in") == "path":
                found.add(str(one.get("name")))
    return found
