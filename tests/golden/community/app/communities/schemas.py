"""What clients send and get for a community."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input, Patch, absent
from app.core.fields import PROSE

Name = Annotated[
    str, Field(min_length=3, max_length=30, pattern="^[a-z0-9]+(-[a-z0-9]+)*$", examples=["name"])
]

Description = Annotated[str, Field(max_length=20000, examples=["Description"]), PROSE]
READ_ONLY = frozenset({"id", "creator_id", "created_at", "updated_at"})


class Community(BaseModel):
    """A community as readers see it."""

    id: UUID
    name: str
    description: str
    closed: bool
    creator_id: UUID
    created_at: datetime
    updated_at: datetime


class CommunityPage(BaseModel):
    """One page of communities."""

    items: list[Community]
    next_cursor: str | None


class CommunityCreate(Input):
    """A new community."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    name: Name
    description: Description
    closed: bool = False


class CommunityUpdate(Patch):
    """Changes of a community; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY | {"name"}

    description: Description = absent()
    closed: bool = absent()
