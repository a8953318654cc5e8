"""What clients send and get for a staff."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel

from app.core.body import Input, Patch, absent
from app.rows.types import ID

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


class StaffCreate(Input):
    """A new staff."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    role: Role
    user_id: Annotated[UUID, ID]


class StaffUpdate(Patch):
    """Changes of a staff; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY | {"user_id"}

    role: Role = absent()
