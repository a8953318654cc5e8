"""What clients send and get for a transfer."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.fields import DecimalText

Amount = Annotated[Decimal, DecimalText(15, 2), Field(ge=Decimal("0.01"), examples=["10.00"])]


class Transfer(BaseModel):
    """A transfer as readers see it."""

    id: UUID
    amount: str
    sender_id: UUID
    source_id: UUID
    target_id: UUID
    created_at: datetime
    updated_at: datetime


class TransferPage(BaseModel):
    """One page of transfers."""

    items: list[Transfer]
    next_cursor: str | None
