"""What clients send and get for a note."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input
from app.core.fields import ONE_LINE

Text = Annotated[str, Field(min_length=1, max_length=200, examples=["Text"]), ONE_LINE]
READ_ONLY = frozenset({"id", "writer_id", "created_at", "updated_at"})


class Note(BaseModel):
    """A note as readers see it."""

    id: UUID
    text: str
    writer_id: UUID
    created_at: datetime
    updated_at: datetime


class NotePage(BaseModel):
    """One page of notes."""

    items: list[Note]
    next_cursor: str | None


class NoteCreate(Input):
    """A new note."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    text: Text
