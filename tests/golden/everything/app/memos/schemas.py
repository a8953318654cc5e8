"""What clients send and get for a memo."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input
from app.core.fields import ONE_LINE

Text = Annotated[str, Field(min_length=1, max_length=200, examples=["Text"]), ONE_LINE]
READ_ONLY = frozenset({"id", "created_at", "updated_at"})


class Memo(BaseModel):
    """A memo as readers see it."""

    id: UUID
    text: str
    created_at: datetime
    updated_at: datetime


class MemoPage(BaseModel):
    """One page of memos."""

    items: list[Memo]
    next_cursor: str | None


class MemoCreate(Input):
    """A new memo."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    text: Text
