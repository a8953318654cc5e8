"""What clients send and get for a booking."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input, Patch, absent
from app.rows.types import DATETIME, ID

StartsAt = Annotated[datetime, DATETIME, Field(examples=["2060-01-15T09:00:00+00:00"])]
EndsAt = Annotated[datetime, DATETIME, Field(examples=["2060-01-15T09:00:00+00:00"])]
People = Annotated[int, Field(ge=1, le=9007199254740991, examples=[1])]
READ_ONLY = frozenset({"id", "booker_id", "created_at", "updated_at"})


class Booking(BaseModel):
    """A booking as readers see it."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    people: int
    booker_id: UUID
    room_id: UUID
    rebooked_id: UUID | None
    created_at: datetime
    updated_at: datetime


class BookingPage(BaseModel):
    """One page of bookings."""

    items: list[Booking]
    next_cursor: str | None


class BookingCreate(Input):
    """A new booking."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    starts_at: StartsAt
    ends_at: EndsAt
    people: People
    room_id: Annotated[UUID, ID]
    rebooked_id: Annotated[UUID, ID] | None = None


class BookingUpdate(Patch):
    """Changes of a booking; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY | {"room_id"}

    starts_at: StartsAt = absent()
    ends_at: EndsAt = absent()
    people: People = absent()
    rebooked_id: Annotated[UUID, ID] | None = absent()
