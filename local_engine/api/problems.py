"""Problem details (RFC 9457), as bytes: what every refusal of the engine looks like."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """Ends a request with a problem.

    `code` is a word for programs that stays the same, `detail` a sentence for people that says what
    to do. `errors` name single inputs that are wrong, each with `detail` and where it stands.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def document(self) -> dict[str, Any]:
        """The members of the problem's JSON object."""
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": title_of(self.status),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        if self.errors:
            document["errors"] = [dict(error) for error in self.errors]
        return document

    def body(self) -> bytes:
        """The JSON object, encoded."""
        return json.dumps(self.document(), ensure_ascii=False).encode("utf-8", "replace")


def title_of(status: int) -> str:
    """The status in words; a number that no standard names is an error of its class."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
