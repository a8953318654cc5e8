"""An OpenAPI document: which operation a request meets, and whether an answer is as described."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from jsonschema_rs import Draft202012Validator

from local_engine.verification.http import Exchange
from local_engine.verification.routes import nameless

METHODS = ("get", "put", "post", "delete", "patch", "options", "head", "trace")

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def _is_uuid(value: str) -> bool:
    try:
        return str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value) is not None
    except ValueError:
        return False


def _is_datetime(value: str) -> bool:
    try:
        return bool(_RFC3339.fullmatch(value)) and datetime.fromisoformat(value) is not None
    except ValueError:
        return False


def _anything(_: str) -> bool:
    """The reference has its own words on what these are."""
    return True


_LEFT_OPEN = ("duration", "email", "hostname", "ipv4", "ipv6", "regex", "time", "uri")
_FORMATS = {
    **dict.fromkeys(_LEFT_OPEN, _anything),
    "uuid": _is_uuid,
    "date": _is_date,
    "date-time": _is_datetime,
}


@dataclass(frozen=True)
class Operation:
    """One method of one path: `description` is its object in the document."""

    method: str
    path: str
    description: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        """Method and path, comparable with those of a promised route."""
        return self.method, nameless(self.path)

    def response(self, status: int) -> Mapping[str, Any] | None:
        """The description of the answer with this status, None if it is not described.

        `default` stands for what can befall any operation (429, 5xx), not for its own answers.
        """
        responses: Mapping[str, Any] = self.description.get("responses", {})
        general = ("default",) if status == 429 or status >= 500 else ()
        for key in (str(status), f"{status // 100}XX", *general):
            if key in responses:
                found: Mapping[str, Any] = responses[key]
                return found
        return None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Document:
    """A parsed OpenAPI document (3.1, JSON Schema 2020-12)."""

    def __init__(self, source: Mapping[str, Any]) -> None:
        self.source = source
        self._validators: dict[tuple[str, str, int, str], Draft202012Validator | None] = {}

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """All operations, in the order of the document."""
        return tuple(
            Operation(method.upper(), path, item[method])
            for path, item in self.source.get("paths", {}).items()
            for method in METHODS
            if method in item
        )

    @cached_property
    def _templates(self) -> list[tuple[re.Pattern[str], str]]:
        # A literal segment wins over a parameter: /users/me before /users/{id}.
        paths = sorted(
            self.source.get("paths", {}),
            key=lambda path: [part.startswith("{") for part in path.split("/")],
        )
        return [(_pattern(path), path) for path in paths]

    def template(self, path: str) -> str | None:
        """The described path that a request's path is an instance of."""
        return next(
            (template for pattern, template in self._templates if pattern.fullmatch(path)), None
        )

    def operation(self, method: str, path: str) -> Operation | None:
        """The operation that a request meets."""
        template = self.template(path)
        return next(
            (
                operation
                for operation in self.operations
                if operation.path == template and operation.method == method
            ),
            None,
        )

    def fault(self, exchange: Exchange) -> str:
        """What in the answer is not as described; empty when nothing (or it meets no operation)."""
        operation = self.operation(exchange.request.method, exchange.request.path)
        if operation is None:
            return ""
        response = operation.response(exchange.status)
        if response is None:
            return f"status {exchange.status}, which the document does not mention"
        content: Mapping[str, Any] = response.get("content", {})
        media_type = exchange.header("content-type").partition(";")[0].strip().lower()
        if not content:
            return f"a body of {media_type or 'no type'}" if exchange.response.body else ""
        if media_type not in content and "*/*" not in content:
            return f"content type {media_type or '(none)'} instead of {', '.join(content)}"
        if not media_type.endswith("json"):
            return ""
        return self._body_fault(operation, exchange, media_type, content)

    def _body_fault(
        self, operation: Operation, exchange: Exchange, media_type: str, content: Mapping[str, Any]
    ) -> str:
        key = (*operation.key, exchange.status, media_type)
        if key not in self._validators:
            schema = content.get(media_type, {}).get("schema")
            self._validators[key] = self._validator(schema) if schema else None
        validator = self._validators[key]
        if validator is None:
            return ""
        error = next(iter(validator.iter_errors(exchange.json)), None)
        if error is None:
            return ""
        where = "/".join(str(part) for part in error.instance_path)
        return f"at /{where}: {error.message[:300]}"

    def _validator(self, schema: Mapping[str, Any]) -> Draft202012Validator:
        # References are written "#/components/...": the components must be part of the schema.
        whole = {**schema, "components": self.source.get("components", {})}
        return Draft202012Validator(whole, formats=_FORMATS, validate_formats=True)


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^}]*\})", path)
    return re.compile(
        "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts)
    )
