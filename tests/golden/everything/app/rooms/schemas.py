"""What clients send and get for a room."""

from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input, Patch, absent
from app.rows.types import DATETIME, DURATION

Number = Annotated[int, Field(ge=1, le=999, examples=[1])]
Seats = Annotated[int, Field(ge=1, le=9007199254740991, examples=[1])]
FreeFrom = Annotated[datetime, DATETIME, Field(examples=["2060-01-15T09:00:00+00:00"])]

Turn = Annotated[
    timedelta,
    DURATION,
    Field(ge=timedelta(seconds=300), le=timedelta(days=1), examples=["PT3600S"]),
]

Noise = Literal["quiet", "loud"]
READ_ONLY = frozenset({"id", "branch_id", "created_at", "updated_at"})


class Room(BaseModel):
    """A room as readers see it."""

    id: UUID
    number: int
    seats: int
    free_from: datetime
    turn: str
    noise: Literal["quiet", "loud"]
    open: bool
    branch_id: UUID
    created_at: datetime
    updated_at: datetime


class RoomPage(BaseModel):
    """One page of rooms."""

    items: list[Room]
    next_cursor: str | None


class RoomCreate(Input):
    """A new room."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    number: Number
    seats: Seats = 4
    free_from: FreeFrom = absent()
    turn: Turn = timedelta(seconds=1800)
    noise: Noise = "quiet"
    open: bool = True


class RoomUpdate(Patch):
    """Changes of a room; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    number: Number = absent()
    seats: Seats = absent()
    free_from: FreeFrom = absent()
    turn: Turn = absent()
    noise: Noise = absent()
    open: bool = absent()
