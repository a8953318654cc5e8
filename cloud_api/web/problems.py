"""Errors for clients, as problem details (RFC 9457).

Whatever goes wrong in a request is raised as a `Problem` (or mapped to one by `web.errors`). The
text never depends on data that the client may not see: the problem for somebody else's row is that
of a row that never was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from local_engine.contracts.problems import MEDIA_TYPE, InputProblem

# The names of RFC 9110, which Python has since 3.13 only.
_PHRASES = {413: "Content Too Large", 422: "Unprocessable Content"}


class Problem(Exception):
    """Ends a request with a problem.

    `code` is a word for programs that stays the same, `detail` a sentence for people that says what
    to do. `errors` name single inputs that are wrong; `extensions` are further members.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[InputProblem] = (),
        headers: Mapping[str, str] | None = None,
        **extensions: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.extensions = extensions

    def document(self) -> dict[str, Any]:
        """The members of the problem's JSON object."""
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": title_of(self.status),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            **self.extensions,
        }
        if self.errors:
            document["errors"] = [error.model_dump() for error in self.errors]
        return document


def problem_response(problem: Problem, request_id: str | None) -> Response:
    """The HTTP answer for a problem."""
    document = problem.document()
    if request_id is not None:
        document["request_id"] = request_id
    return Response(
        json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"),
        status_code=problem.status,
        headers={"cache-control": "no-store", **problem.headers},
        media_type=MEDIA_TYPE,
    )


def title_of(status: int) -> str:
    """The status in words; a number that no standard names is an error of its class."""
    try:
        return _PHRASES.get(status) or HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def unauthenticated(detail: str = "Sign in first.", *, error: str | None = None) -> Problem:
    """401: nobody is signed in, or the token is not accepted (`error` as in RFC 6750)."""
    challenge = f'Bearer error="{error}"' if error else "Bearer"
    return Problem(401, "unauthenticated", detail, headers={"www-authenticate": challenge})


def forbidden(detail: str) -> Problem:
    """403: the thing may be known, but this may not be done with it."""
    return Problem(403, "forbidden", detail)


def not_found() -> Problem:
    """404: there is no such thing, or the client may not know of it."""
    return Problem(404, "not-found", "There is nothing here.")


def conflict(code: str, detail: str) -> Problem:
    """409: the request contradicts the stored state."""
    return Problem(409, code, detail)


def invalid(pointer: str, code: str, detail: str) -> Problem:
    """422: one value is refused."""
    error = InputProblem(pointer=pointer, code=code, detail=detail)
    return Problem(422, "invalid", f"{pointer}: {detail}", errors=[error])


def too_many_requests(retry_after: int) -> Problem:
    """429: come back in `retry_after` seconds."""
    return Problem(
        429,
        "too-many-requests",
        f"Too many attempts. Try again in {retry_after} seconds.",
        headers={"retry-after": str(retry_after)},
    )


def unavailable(detail: str, retry_after: int = 1) -> Problem:
    """503: not now; come back in `retry_after` seconds."""
    return Problem(503, "unavailable", detail, headers={"retry-after": str(retry_after)})
