"""What clients send and get for a clinic."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input, Patch, absent
from app.core.fields import ONE_LINE

Name = Annotated[str, Field(min_length=1, max_length=120, examples=["Name"]), ONE_LINE]
READ_ONLY = frozenset({"id", "created_at", "updated_at"})


class Clinic(BaseModel):
    """A clinic as readers see it."""

    id: UUID
    name: str
    created_at: datetime
    updated_at: datetime


class ClinicPage(BaseModel):
    """One page of clinics."""

    items: list[Clinic]
    next_cursor: str | None


class ClinicCreate(Input):
    """A new clinic."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    name: Name


class ClinicUpdate(Patch):
    """Changes of a clinic; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    name: Name = absent()
