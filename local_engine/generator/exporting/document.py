"""The operations of an OpenAPI 3.1 document, as the exports need them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
_PREFERRED = ("application/json", "application/x-www-form-urlencoded")


class DocumentError(ValueError):
    """The document is not one that an export can be made of."""


@dataclass(frozen=True)
class Parameter:
    """A parameter; `place` is path, query or header."""

    name: str
    place: str
    required: bool
    schema: Mapping[str, Any]
    description: str


@dataclass(frozen=True)
class Content:
    """A body: its media type and schema (None for bytes of any kind)."""

    media_type: str
    schema: Mapping[str, Any] | None

    @property
    def is_json(self) -> bool:
        """Whether it is JSON."""
        return self.media_type == "application/json"

    @property
    def is_form(self) -> bool:
        """Whether it is a form."""
        return self.media_type == "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Operation:
    """One operation. `secured` says that an anonymous caller is refused."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    body: Content | None
    answer: Content | None
    secured: bool

    def at(self, place: str) -> tuple[Parameter, ...]:
        """The parameters of one place."""
        return tuple(one for one in self.parameters if one.place == place)


@dataclass(frozen=True)
class ApiDocument:
    """A document with its operations in order. References lead into `schemas` only."""

    title: str
    description: str
    schemas: Mapping[str, Mapping[str, Any]]
    operations: tuple[Operation, ...]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> ApiDocument:
        """Reads a parsed document. Raises DocumentError if it is no OpenAPI 3 document."""
        if not str(document.get("openapi", "")).startswith("3."):
            raise DocumentError("this is not an OpenAPI 3 document")
        information = document.get("info", {})
        return cls(
            str(information.get("title", "API")),
            str(information.get("description", "")),
            document.get("components", {}).get("schemas", {}),
            tuple(_operations(document)),
        )

    @property
    def tags(self) -> dict[str, list[Operation]]:
        """The operations by tag, in the order of the document."""
        found: dict[str, list[Operation]] = {}
        for operation in self.operations:
            found.setdefault(operation.tag, []).append(operation)
        return found

    def resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """A schema, or the one that its reference leads to."""
        name = reference_name(schema)
        return self.schemas.get(name, {}) if name is not None else schema


def reference_name(schema: Mapping[str, Any]) -> str | None:
    """The name of the schema that a reference leads to; None for any other schema."""
    reference = schema.get("$ref")
    return str(reference).rsplit("/", 1)[-1] if reference is not None else None


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    schemes = document.get("security", [])
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield _operation(path, method, item[method], schemes)


def _operation(path: str, method: str, data: Mapping[str, Any], schemes: Any) -> Operation:
    security = data.get("security", schemes)
    parameters = tuple(
        Parameter(
            one["name"], one["in"], bool(one.get("required")), one.get("schema", {}),
            str(one.get("description", "")),
        )
        for one in data.get("parameters", ())
    )  # fmt: skip
    body = data.get("requestBody")
    good = [answer for status, answer in data.get("responses", {}).items() if status[0] == "2"]
    return Operation(
        id=str(data.get("operationId") or f"{method}_{path}"),
        method=method,
        path=path,
        tag=str((data.get("tags") or ["api"])[0]),
        summary=str(data.get("summary", "")),
        description=str(data.get("description", "")),
        parameters=parameters,
        body=_content(body.get("content", {})) if body else None,
        answer=_content(good[0].get("content", {})) if good else None,
        secured=bool(security) and {} not in security,
    )


def _content(found: Mapping[str, Any]) -> Content | None:
    for media_type in _PREFERRED:
        if media_type in found:
            return Content(media_type, found[media_type].get("schema", {}))
    return Content(next(iter(found)), None) if found else None
