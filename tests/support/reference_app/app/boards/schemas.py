"""What clients send and get for a board."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input, Patch, absent

Name = Annotated[str, Field(min_length=1, max_length=80, examples=["Kitchen"])]

READ_ONLY = frozenset({"id", "owner_id", "created_at", "updated_at"})


class Board(BaseModel):
    """A board as its readers see it."""

    id: UUID
    owner_id: UUID
    name: str
    published: bool
    created_at: datetime
    updated_at: datetime


class BoardPage(BaseModel):
    """One page of boards."""

    items: list[Board]
    next_cursor: str | None


class BoardCreate(Input):
    """A new board."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    name: Name
    published: bool = False


class BoardUpdate(Patch):
    """Changes of a board; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    name: Name = absent()
    published: bool = absent()
