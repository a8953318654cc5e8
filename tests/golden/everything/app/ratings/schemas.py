"""What clients send and get for a rating."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input, Patch, absent
from app.rows.types import ID, OneOf

Stars = Annotated[
    int, OneOf((1, 2, 3, 4, 5)), Field(ge=-9007199254740991, le=9007199254740991, examples=[1])
]

READ_ONLY = frozenset({"id", "rater_id", "created_at", "updated_at"})


class Rating(BaseModel):
    """A rating as readers see it."""

    id: UUID
    stars: int
    item_id: UUID
    rater_id: UUID
    created_at: datetime
    updated_at: datetime


class RatingPage(BaseModel):
    """One page of ratings."""

    items: list[Rating]
    next_cursor: str | None


class RatingCreate(Input):
    """A new rating."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    stars: Stars
    item_id: Annotated[UUID, ID]


class RatingUpdate(Patch):
    """Changes of a rating; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    stars: Stars = absent()
    item_id: Annotated[UUID, ID] = absent()
