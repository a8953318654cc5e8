"""What clients send and get for an appointment."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input, Patch, absent
from app.rows.types import DATETIME, ID

StartsAt = Annotated[datetime, DATETIME, Field(examples=["2060-01-15T09:00:00+00:00"])]
EndsAt = Annotated[datetime, DATETIME, Field(examples=["2060-01-15T09:00:00+00:00"])]
READ_ONLY = frozenset({"id", "clinic_id", "status", "created_at", "updated_at"})


class Appointment(BaseModel):
    """An appointment as readers see it."""

    id: UUID
    clinic_id: UUID
    starts_at: datetime
    ends_at: datetime
    patient_id: UUID
    dentist_id: UUID
    status: Literal["booked", "cancelled", "done"]
    created_at: datetime
    updated_at: datetime


class AppointmentPage(BaseModel):
    """One page of appointments."""

    items: list[Appointment]
    next_cursor: str | None


class AppointmentCreate(Input):
    """A new appointment."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    starts_at: StartsAt
    ends_at: EndsAt
    patient_id: Annotated[UUID, ID]
    dentist_id: Annotated[UUID, ID]


class AppointmentUpdate(Patch):
    """Changes of an appointment; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    starts_at: StartsAt = absent()
    ends_at: EndsAt = absent()
    patient_id: Annotated[UUID, ID] = absent()
    dentist_id: Annotated[UUID, ID] = absent()
