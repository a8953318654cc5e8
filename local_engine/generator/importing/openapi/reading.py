"""Reads an OpenAPI document from JSON or YAML, and its schemas with local references followed.

YAML is taken event by event, without anchors, aliases and tags, so that nothing is built that the
text does not spell out. Nothing is ever fetched: references to other files or hosts are refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from local_engine.generator.importing.report import ImportRefused

MAX_JSON, MAX_YAML = 32_000_000, 3_000_000
"""The largest texts, in characters; YAML takes some ten times as long to read."""
MAX_DEPTH = 100
_MAX_HOPS = 20
_NUMBER = re.compile(r"[-+]?[0-9]{1,30}(?:\.[0-9]{1,30})?")
_CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}


def read_document(text: str) -> Mapping[str, Any]:
    """The parsed document. Raises ImportRefused for anything that is no OpenAPI 3 document."""
    document = _json(text) if text.lstrip()[:1] in ("{", "[") else _yaml(text)
    version = str(document.get("openapi", "")) if isinstance(document, Mapping) else ""
    if not isinstance(document, Mapping) or not version.startswith(("3.0", "3.1")):
        found = "Swagger 2" if isinstance(document, Mapping) and "swagger" in document else "this"
        raise ImportRefused(
            f"{found} is not an OpenAPI 3.0 or 3.1 document",
            "convert it to OpenAPI 3 first" if found != "this" else "it begins with openapi: 3.1.0",
        )
    return document


def _json(text: str) -> Any:
    if len(text) > MAX_JSON:
        raise ImportRefused(f"the document has more than {MAX_JSON} characters")
    try:
        return json.loads(text)
    except json.JSONDecodeError as failure:
        raise ImportRefused(f"line {failure.lineno}: this is not JSON: {failure.msg}") from None
    except RecursionError:
        raise ImportRefused("the document is nested too deeply") from None


def _yaml(text: str) -> Any:
    if len(text) > MAX_YAML:
        raise ImportRefused(
            f"the YAML document has more than {MAX_YAML} characters", "convert it to JSON first"
        )
    try:
        events = iter(YAML(typ="safe", pure=True).parse(text))
        for event in events:
            if isinstance(event, MappingStartEvent | SequenceStartEvent | ScalarEvent | AliasEvent):
                return _node(event, events, 0)
    except YAMLError as failure:
        raise ImportRefused(f"this is not YAML: {' '.join(str(failure).split())[:200]}") from None
    raise ImportRefused("the document is empty")


def _node(event: Event, events: Iterator[Event], depth: int) -> Any:
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
        line = event.start_mark.line + 1
        raise ImportRefused(
            f"line {line}: YAML anchors and aliases are refused", "convert the document to JSON"
        )
    if depth > MAX_DEPTH:
        raise ImportRefused("the document is nested too deeply")
    if isinstance(event, ScalarEvent):
        return _scalar(event)
    if isinstance(event, SequenceStartEvent):
        items: list[Any] = []
        for inner in events:
            if isinstance(inner, SequenceEndEvent):
                return items
            items.append(_node(inner, events, depth + 1))
    data: dict[str, Any] = {}
    for key in events:
        if isinstance(key, MappingEndEvent):
            break
        name = _node(key, events, depth + 1)
        data[str(name)] = _node(next(events), events, depth + 1)
    return data


def _scalar(event: ScalarEvent) -> Any:
    text = str(event.value)
    if event.style:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text


class Schemas:
    """The schemas of a document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def name_of(self, schema: Any) -> str | None:
        """The name of the component that a schema refers to, if it does."""
        reference = schema.get("$ref") if isinstance(schema, Mapping) else None
        if isinstance(reference, str) and reference.startswith("#/components/schemas/"):
            return reference.rsplit("/", 1)[-1]
        return None

    def resolved(self, schema: Any) -> dict[str, Any]:
        """A schema with its references followed and its parts (`allOf`) merged.

        `nullable` tells that it also admits null. Raises ImportRefused for a reference to
        somewhere else.
        """
        found: dict[str, Any] = {}
        self._merge(schema, found, 0)
        return found

    def follow(self, node: Any) -> Any:
        """Any node with its reference followed."""
        for _ in range(_MAX_HOPS):
            reference = node.get("$ref") if isinstance(node, Mapping) else None
            if not isinstance(reference, str):
                return node
            node = self._target(reference)
        return {}

    def _target(self, reference: str) -> Any:
        if not reference.startswith("#/"):
            raise ImportRefused(
                f"the reference {reference[:100]!r} leads out of the document",
                "bundle the document into one file first",
            )
        node: Any = self._document
        for step in reference[2:].split("/"):
            step = step.replace("~1", "/").replace("~0", "~")
            node = node.get(step) if isinstance(node, Mapping) else None
        return node if node is not None else {}

    def _merge(self, schema: Any, into: dict[str, Any], hops: int) -> None:
        schema = self.follow(schema)
        if not isinstance(schema, Mapping) or hops > _MAX_HOPS:
            return
        for part in schema.get("allOf") or ():
            self._merge(part, into, hops + 1)
        for word in ("anyOf", "oneOf"):
            options = [self.follow(option) for option in schema.get(word) or ()]
            real = [
                one for one in options if isinstance(one, Mapping) and one.get("type") != "null"
            ]
            if len(real) < len(options):
                into["nullable"] = True
            if len(real) == 1:
                self._merge(real[0], into, hops + 1)
            elif real:
                into["mixed"] = True
        for key, value in schema.items():
            if key == "properties" and isinstance(value, Mapping):
                into["properties"] = {**into.get("properties", {}), **value}
            elif key == "required" and isinstance(value, list):
                into["required"] = [*into.get("required", ()), *value]
            elif key == "type" and isinstance(value, list):
                kinds = [kind for kind in value if kind != "null"]
                into["type"] = kinds[0] if kinds else "null"
                into["nullable"] = into.get("nullable", False) or len(kinds) < len(value)
            elif key not in ("allOf", "anyOf", "oneOf", "$ref"):
                into[key] = value
