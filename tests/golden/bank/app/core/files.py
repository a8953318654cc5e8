"""Files that belong to a row: taken in bounded and sniffed, stored in PostgreSQL, given out safely.

In the database they are in every snapshot and reach every replica. What a file is, is decided by
its first bytes; the client's word for it must agree. Only images are shown by browsers; anything
else is a download, so an uploaded page can never run in the service's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import filetype
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from .body import receive_bytes
from .db import Connection, fetch_row
from .documents import matches
from .problem import Problem, malformed, unsupported_media_type

# Formats without telling first bytes: accepted when they are text without control characters.
_TEXT_TYPES = frozenset({"text/plain", "text/csv", "text/markdown", "application/json"})
_SHOWN_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})

FILE_DOCUMENT = """(
                   SELECT json_build_object('content_type', f.content_type, 'size', f.size)
                   FROM files AS f
                   WHERE f.id = {id}
               )"""
"""SQL of a file in the document of its row; `id` is the column that refers to it."""

_STORE = """
    INSERT INTO files (content, content_type) VALUES (%(content)s, %(content_type)s) RETURNING id
"""


class StoredFile(BaseModel):
    """A file as the document of its row shows it; `size` is in bytes."""

    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class FileLimits:
    """Which files a field takes. No `accept` means any kind."""

    max_bytes: int
    accept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was found acceptable."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class FileContent:
    """A stored file; a new content has a new id."""

    id: UUID
    content_type: str
    content: bytes
    name: str


class ReceivedFile:
    """A file that was taken in, not yet judged aloud: access is refused first."""

    def __init__(self, upload: Upload | Problem) -> None:
        self._upload = upload

    def value(self) -> Upload:
        """The file. Raises a 413, 415 or 400 problem."""
        if isinstance(self._upload, Problem):
            raise self._upload
        return self._upload


async def receive_file(request: Request, limits: FileLimits) -> ReceivedFile:
    """Take in the body of a request as a file; what is wrong with it is told later."""
    try:
        content = await receive_bytes(request, limits.max_bytes)
        declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        return ReceivedFile(Upload(content, sniff(content, declared, limits.accept)))
    except Problem as problem:
        return ReceivedFile(problem)


def sniff(content: bytes, declared: str, accept: tuple[str, ...]) -> str:
    """The media type of a file, by its content.

    Raises a 400 problem for an empty file, 415 when its kind is not accepted or not what the
    client says it is.
    """
    if not content:
        raise malformed("The file is empty.")
    guess = filetype.guess(content[:8192])
    found: str = guess.mime if guess is not None else "application/octet-stream"
    if guess is None and declared in _TEXT_TYPES and _is_text(content):
        found = declared
    if accept and found not in accept:
        raise unsupported_media_type(f"a file of one of these kinds: {', '.join(accept)}")
    if declared not in {found, "", "application/octet-stream"}:
        raise unsupported_media_type(f"it as {found}, which it is by its content")
    return found


async def store_file(connection: Connection, upload: Upload) -> UUID:
    """Store a file; the row that it belongs to must refer to it in the same transaction."""
    row = await fetch_row(
        connection, _STORE, {"content": upload.content, "content_type": upload.content_type}
    )
    file_id: UUID = row[0]
    return file_id


def file_response(request: Request, file: FileContent) -> Response:
    """The file's bytes; 304 when the client has them."""
    etag = f'"{file.id}"'
    known = request.headers.get("if-none-match")
    headers = {"etag": etag, "cache-control": "private, no-cache"}
    if known is not None and matches(known, etag, weak=True):
        return Response(status_code=304, headers=headers)
    shown = file.content_type in _SHOWN_TYPES
    extension = filetype.get_type(mime=file.content_type)
    name = f"{file.name}.{extension.extension}" if extension is not None else file.name
    headers["content-disposition"] = f'{"inline" if shown else "attachment"}; filename="{name}"'
    return Response(file.content, headers=headers, media_type=file.content_type)


def _is_text(content: bytes) -> bool:
    """Whether it is UTF-8 without control characters other than line ends and tabs."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(c.isprintable() or c in "\r\n\t\ufeff\u2028\u2029\xad" for c in text) or not any(
        ord(c) < 32 and c not in "\r\n\t\f" for c in text
    )
