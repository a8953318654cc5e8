"""What clients send and get for a post."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input, Patch, absent
from app.core.fields import ONE_LINE, PROSE
from app.rows.types import ID

Title = Annotated[str, Field(min_length=5, max_length=120, examples=["Title"]), ONE_LINE]
Body = Annotated[str, Field(min_length=10, max_length=10000, examples=["Body and so on"]), PROSE]
READ_ONLY = frozenset({"id", "score", "author_id", "created_at", "updated_at"})


class Post(BaseModel):
    """A post as readers see it."""

    id: UUID
    title: str
    body: str
    score: int
    community_id: UUID
    author_id: UUID
    created_at: datetime
    updated_at: datetime


class PostPage(BaseModel):
    """One page of posts."""

    items: list[Post]
    next_cursor: str | None


class PostCreate(Input):
    """A new post."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    title: Title
    body: Body
    community_id: Annotated[UUID, ID]


class PostUpdate(Patch):
    """Changes of a post; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY | {"community_id"}

    title: Title = absent()
    body: Body = absent()
