"""What clients send and get for a comment."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input, Patch, absent
from app.core.fields import PROSE
from app.rows.types import ID

Body = Annotated[str, Field(min_length=2, max_length=2000, examples=["Body"]), PROSE]
READ_ONLY = frozenset({"id", "author_id", "created_at", "updated_at"})


class Comment(BaseModel):
    """A comment as readers see it."""

    id: UUID
    body: str
    author_id: UUID
    post_id: UUID
    parent_id: UUID | None
    created_at: datetime
    updated_at: datetime


class CommentPage(BaseModel):
    """One page of comments."""

    items: list[Comment]
    next_cursor: str | None


class CommentCreate(Input):
    """A new comment."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    body: Body
    post_id: Annotated[UUID, ID]
    parent_id: Annotated[UUID, ID] | None = None


class CommentUpdate(Patch):
    """Changes of a comment; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY | {"post_id"}

    body: Body = absent()
    parent_id: Annotated[UUID, ID] | None = absent()
