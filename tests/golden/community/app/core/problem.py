"""Errors for clients, as RFC 9457 problem details.

Whatever goes wrong in a request is raised as a `Problem` (or mapped to one by `core.errors`) and
leaves the service as `application/problem+json`. The text never depends on data that the client
may not see: the problem for a foreign row is byte for byte that of a row that never was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"

# The names of RFC 9110, which Python has since 3.13 only.
_PHRASES = {413: "Content Too Large", 422: "Unprocessable Content"}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One refused value: where it is (JSON Pointer), a stable code, and words for a person."""

    pointer: str
    code: str
    message: str


class Problem(Exception):
    """An error that is answered to the client.

    `kind` is the last part of the problem's `type` URN, stable for programs; `detail` is for
    people; `extensions` are further members of the body, such as `errors` or `rule`.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **extensions: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.headers = dict(headers or {})
        self.extensions = extensions

    def body(self) -> dict[str, Any]:
        """The members of the problem document."""
        return {
            "type": f"urn:problem-type:{self.kind}",
            "title": _PHRASES.get(self.status) or HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            **self.extensions,
        }


def problem_response(problem: Problem) -> Response:
    """The HTTP answer for a problem."""
    return Response(
        json.dumps(problem.body(), ensure_ascii=False, separators=(",", ":")).encode(),
        status_code=problem.status,
        headers={"cache-control": "no-store", **problem.headers},
        media_type=MEDIA_TYPE,
    )


def malformed(detail: str) -> Problem:
    """400: the bytes of the request cannot be read."""
    return Problem(400, "malformed", detail)


def unauthenticated(detail: str = "Sign in first.", *, error: str | None = None) -> Problem:
    """401: nobody is signed in, or the token is not accepted (`error` as in RFC 6750)."""
    challenge = f'Bearer error="{error}"' if error else "Bearer"
    return Problem(401, "unauthenticated", detail, headers={"www-authenticate": challenge})


def forbidden(detail: str = "You may not do this.") -> Problem:
    """403: the row may be read, but this may not be done with it."""
    return Problem(403, "forbidden", detail)


def not_found() -> Problem:
    """404: there is no such thing, or the client may not know of it."""
    return Problem(404, "not-found", "There is nothing here.")


def conflict(
    kind: str, detail: str, *, headers: Mapping[str, str] | None = None, **extensions: Any
) -> Problem:
    """409: the request contradicts the stored state."""
    return Problem(409, kind, detail, headers=headers, **extensions)


def precondition_failed() -> Problem:
    """412: the row has changed since the client read it."""
    return Problem(
        412, "stale", "This has changed since you read it. Read it again and repeat the change."
    )


def precondition_required() -> Problem:
    """428: the row may only be changed by a client that names the version it read."""
    return Problem(428, "precondition-required", "Send If-Match with the ETag that you read.")


def too_large(limit: int) -> Problem:
    """413: the body is longer than `limit` bytes."""
    return Problem(413, "too-large", f"The body may have at most {limit} bytes.")


def unsupported_media_type(expected: str) -> Problem:
    """415: the body is of a kind that this route does not read."""
    return Problem(415, "unsupported-media-type", f"Send {expected}.")


def invalid(errors: Sequence[FieldError]) -> Problem:
    """422: the request was understood, but some values are refused; each is named."""
    return Problem(
        422,
        "invalid",
        "Some values are not accepted.",
        errors=[asdict(error) for error in errors],
    )


def too_many_requests(retry_after: int) -> Problem:
    """429: come back in `retry_after` seconds."""
    return Problem(
        429,
        "too-many-requests",
        "Too many attempts. Wait and try again.",
        headers={"retry-after": str(retry_after)},
    )


def unavailable(detail: str, retry_after: int = 1) -> Problem:
    """503: not now; come back in `retry_after` seconds."""
    return Problem(503, "unavailable", detail, headers={"retry-after": str(retry_after)})
