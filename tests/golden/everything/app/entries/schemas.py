"""What clients send and get for an entry."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input
from app.core.fields import DecimalText
from app.rows.types import NOT_ZERO

Amount = Annotated[Decimal, DecimalText(15, 2), NOT_ZERO, Field(examples=["10.00"])]
READ_ONLY = frozenset({"id", "account_id", "created_at", "updated_at"})


class Entry(BaseModel):
    """An entry as readers see it."""

    id: UUID
    amount: str
    account_id: UUID
    created_at: datetime
    updated_at: datetime


class EntryPage(BaseModel):
    """One page of entries."""

    items: list[Entry]
    next_cursor: str | None


class EntryCreate(Input):
    """A new entry."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    amount: Amount
