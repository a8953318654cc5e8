"""What is sent about files."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MAX_TEXT = 2 * 1024 * 1024


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


class NewContent(BaseModel):
    """A text in place of the one with the digest `base`; null for a file that is not there yet."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=MAX_TEXT)]
    base: Annotated[str | None, Field(pattern="^[0-9a-f]{64}$")] = None
