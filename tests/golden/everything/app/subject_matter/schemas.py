"""What clients send and get for a topic."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input, Patch, absent
from app.core.fields import ONE_LINE
from app.rows.types import ID

Name = Annotated[
    str, Field(min_length=1, max_length=40, pattern="^[a-z0-9]+(-[a-z0-9]+)*$", examples=["name"])
]

ParentsNote = Annotated[
    str, Field(min_length=1, max_length=100, examples=["Parents note"]), ONE_LINE
]

READ_ONLY = frozenset({"id", "created_at", "updated_at"})


class Topic(BaseModel):
    """A topic as readers see it."""

    id: UUID
    name: str
    parents_note: str | None
    parent_id: UUID | None
    created_at: datetime
    updated_at: datetime


class TopicPage(BaseModel):
    """One page of subject matter."""

    items: list[Topic]
    next_cursor: str | None


class TopicCreate(Input):
    """A new topic."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    name: Name
    parents_note: ParentsNote | None = None
    parent_id: Annotated[UUID, ID] | None = None


class TopicUpdate(Patch):
    """Changes of a topic; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    name: Name = absent()
    parents_note: ParentsNote | None = absent()
    parent_id: Annotated[UUID, ID] | None = absent()
