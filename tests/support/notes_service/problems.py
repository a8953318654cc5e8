"""Refusals, and what every answer consists of."""

import json
from dataclasses import dataclass, field
from typing import Any


class Problem(Exception):
    """A refusal."""

    def __init__(
        self,
        status: int,
        detail: str = "",
        *,
        errors: list[dict[str, str]] | None = None,
        rule: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.document: dict[str, Any] = {
            "type": "about:blank",
            "title": "Refused",
            "status": status,
            "detail": detail or "Refused.",
            "request_id": "1",
        }
        if errors:
            self.document["errors"] = errors
        if rule:
            self.document["rule"] = rule
        self.headers = headers or {}


def invalid(name: str, message: str = "not acceptable", code: str = "invalid") -> Problem:
    """422 for one field."""
    return Problem(422, errors=[{"pointer": f"/{name}", "code": code, "message": message}])


@dataclass
class Answer:
    """A status, a JSON value (`...`: no body at all) and headers."""

    status: int = 200
    json: Any = ...
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def body(self) -> bytes:
        """The bytes that are sent."""
        return b"" if self.json is ... else json.dumps(self.json).encode()
