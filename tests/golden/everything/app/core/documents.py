"""Answers: rows as JSON that PostgreSQL has built, with their version as ETag.

The database renders a row once, exactly (decimals, times in UTC); the service passes the text on.
The pydantic models of the answers describe them in OpenAPI and are not run.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from .problem import precondition_failed, precondition_required


@dataclass(frozen=True, slots=True)
class Document:
    """One row as JSON text, with the version that changes whenever the text does."""

    body: str
    version: int

    @property
    def etag(self) -> str:
        """The version as a strong entity tag."""
        return f'"{self.version}"'


class JsonResponse(Response):
    """An answer of ready-made JSON; its head is built without detours."""

    def __init__(
        self, body: str, status: int = 200, headers: list[tuple[bytes, bytes]] | None = None
    ) -> None:
        self.status_code = status
        self.background = None
        self.body = body.encode()
        self.raw_headers = [
            (b"content-length", b"%d" % len(self.body)),
            (b"content-type", b"application/json"),
            *(headers or ()),
        ]


def document_response(request: Request, document: Document) -> Response:
    """200 with the row; 304 when the client has this version already (If-None-Match)."""
    etag = document.etag
    known = request.headers.get("if-none-match")
    if known is not None and request.method in {"GET", "HEAD"} and matches(known, etag, weak=True):
        return Response(
            status_code=304, headers={"etag": etag, "cache-control": "private, no-cache"}
        )
    return JsonResponse(
        document.body,
        headers=[(b"etag", etag.encode()), (b"cache-control", b"private, no-cache")],
    )


def created_response(document: Document, location: str) -> Response:
    """201 with the new row and its address."""
    return JsonResponse(
        document.body,
        201,
        [
            (b"location", location.encode()),
            (b"etag", document.etag.encode()),
            (b"cache-control", b"private, no-cache"),
        ],
    )


def no_content(version: int | None = None) -> Response:
    """204: done, nothing to show. `version` is the new one of a row that goes on existing."""
    headers = None if version is None else {"etag": f'"{version}"'}
    return Response(status_code=204, headers=headers)


def check_version(request: Request, version: int, *, required: bool = False) -> None:
    """Compare If-Match with the row's version.

    Raises a 412 problem when the client read another version; 428 when it named none although the
    row asks for it (`required`).
    """
    condition = request.headers.get("if-match")
    if condition is None:
        if required:
            raise precondition_required()
        return
    if not matches(condition, f'"{version}"', weak=False):
        raise precondition_failed()


def matches(condition: str, etag: str, *, weak: bool) -> bool:
    """Whether a list of entity tags (If-Match, If-None-Match) contains this one, or is `*`.

    With `weak`, a tag marked as weak counts as well (RFC 9110, 8.8.3.2).
    """
    if condition.strip() == "*":
        return True
    for candidate in condition.split(","):
        tag = candidate.strip()
        if weak:
            tag = tag.removeprefix("W/")
        if tag == etag:
            return True
    return False
