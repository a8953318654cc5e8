"""What clients send and get for an entry."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.fields import ONE_LINE, DecimalText
from app.rows.types import NOT_ZERO

Amount = Annotated[Decimal, DecimalText(15, 2), NOT_ZERO, Field(examples=["10.00"])]
Memo = Annotated[str, Field(min_length=1, max_length=140, examples=["Memo"]), ONE_LINE]


class Entry(BaseModel):
    """An entry as readers see it."""

    id: UUID
    amount: str
    memo: str | None
    account_id: UUID
    transfer_id: UUID | None
    created_at: datetime
    updated_at: datetime


class EntryPage(BaseModel):
    """One page of entries."""

    items: list[Entry]
    next_cursor: str | None
