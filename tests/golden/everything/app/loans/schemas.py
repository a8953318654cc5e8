"""What clients send and get for a loan."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input, Patch, absent
from app.core.fields import ONE_LINE
from app.rows.types import DATE, ID

DueOn = Annotated[date, DATE, Field(examples=["2060-01-15"])]
Note = Annotated[str, Field(min_length=1, max_length=200, examples=["Note"]), ONE_LINE]
READ_ONLY = frozenset({"id", "fee", "borrower_id", "status", "created_at", "updated_at"})


class Loan(BaseModel):
    """A loan as readers see it."""

    id: UUID
    due_on: date
    fee: str
    note: str | None
    borrower_id: UUID
    item_id: UUID
    status: Literal["open", "closed"]
    created_at: datetime
    updated_at: datetime


class LoanPage(BaseModel):
    """One page of loans."""

    items: list[Loan]
    next_cursor: str | None


class LoanCreate(Input):
    """A new loan."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    due_on: DueOn = absent()
    note: Note | None = None
    item_id: Annotated[UUID, ID]


class LoanUpdate(Patch):
    """Changes of a loan; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY | {"item_id"}

    due_on: DueOn = absent()
    note: Note | None = absent()
