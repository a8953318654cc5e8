"""What clients send and get for a vote."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input, Patch, absent
from app.rows.types import ID, OneOf

Value = Annotated[
    int, OneOf((-1, 1)), Field(ge=-9007199254740991, le=9007199254740991, examples=[-1])
]

READ_ONLY = frozenset({"id", "voter_id", "created_at", "updated_at"})


class Vote(BaseModel):
    """A vote as readers see it."""

    id: UUID
    value: int
    post_id: UUID
    voter_id: UUID
    created_at: datetime
    updated_at: datetime


class VotePage(BaseModel):
    """One page of votes."""

    items: list[Vote]
    next_cursor: str | None


class VoteCreate(Input):
    """A new vote."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    value: Value
    post_id: Annotated[UUID, ID]


class VoteUpdate(Patch):
    """Changes of a vote; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY | {"post_id"}

    value: Value = absent()
