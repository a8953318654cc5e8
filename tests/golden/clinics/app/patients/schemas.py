"""What clients send and get for a patient."""

from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input, Patch, absent
from app.core.fields import ONE_LINE
from app.rows.types import DATE

Name = Annotated[str, Field(min_length=1, max_length=120, examples=["Name"]), ONE_LINE]
BornOn = Annotated[date, DATE, Field(examples=["2060-01-15"])]

InsuranceNo = Annotated[
    str, Field(min_length=1, max_length=255, examples=["Insurance no"]), ONE_LINE
]

READ_ONLY = frozenset({"id", "clinic_id", "created_at", "updated_at"})


class Patient(BaseModel):
    """A patient as readers see it."""

    id: UUID
    clinic_id: UUID
    name: str
    born_on: date
    insurance_no: str = absent()
    created_at: datetime
    updated_at: datetime


class PatientPage(BaseModel):
    """One page of patients."""

    items: list[Patient]
    next_cursor: str | None


class PatientCreate(Input):
    """A new patient."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    name: Name
    born_on: BornOn
    insurance_no: InsuranceNo


class PatientUpdate(Patch):
    """Changes of a patient; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    name: Name = absent()
    born_on: BornOn = absent()
    insurance_no: InsuranceNo = absent()
