"""What clients send and get for a staff."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Patch, absent
from app.rows.members import MemberInput
from app.rows.types import EMAIL, ID

Role = Literal["dentist", "receptionist", "manager"]
READ_ONLY = frozenset({"id", "clinic_id", "created_at", "updated_at"})


class Staff(BaseModel):
    """A staff as readers see it."""

    id: UUID
    clinic_id: UUID
    role: Literal["dentist", "receptionist", "manager"]
    user_id: UUID
    created_at: datetime
    updated_at: datetime


class StaffPage(BaseModel):
    """One page of staff."""

    items: list[Staff]
    next_cursor: str | None


class StaffCreate(MemberInput):
    """A new staff."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY
    person: ClassVar[str] = "user"

    role: Role
    user_id: Annotated[UUID, ID] = absent()
    user_email: Annotated[str, EMAIL, Field(examples=["user-email@example.com"])] = absent()


class StaffUpdate(Patch):
    """Changes of a staff; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY | {"user_id"}

    role: Role = absent()
