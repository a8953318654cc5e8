"""What is sent about files."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

MAX_TEXT = 2 * 1024 * 1024


def digest_of(content: bytes) -> str:
    """What names a content, in a change that replaces it."""
    return hashlib.sha256(content).hexdigest()


class FileEntry(BaseModel):
    """Something in a folder of a project; links and devices are listed but cannot be opened."""

    name: str
    path: str
    kind: Literal["file", "folder", "link", "other"]
    size: Annotated[int | None, Field(description="In bytes, of files.")]


class FolderListing(BaseModel):
    """What a folder holds, folders first; `more` says that there is more than is listed."""

    path: str
    entries: list[FileEntry]
    more: bool


class FileContent(BaseModel):
    """A file. `text` is null when it is no UTF-8; `digest` is what a change has to name."""

    path: str
    text: str | None
    size: int
    digest: str

    @classmethod
    def of(cls, path: str, content: bytes) -> Self:
        """What is sent about a file with this content."""
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            text = None
        return cls(path=path, text=text, size=len(content), digest=digest_of(content))


class NewContent(BaseModel):
    """A text in place of the one with the digest `base`; null for a file that is not there yet."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=MAX_TEXT)]
    base: Annotated[str | None, Field(pattern="^[0-9a-f]{64}$")] = None
