"""What clients send and get for an account."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input
from app.core.fields import ONE_LINE

Iban = Annotated[
    str,
    Field(
        min_length=1,
        max_length=255,
        pattern="^(?:[A-Z]{2}[0-9]{13,32})$",
        examples=["AA0000000000000"],
    ),
    ONE_LINE,
]

Currency = Literal["EUR", "USD"]
READ_ONLY = frozenset({"id", "balance", "holder_id", "created_at", "updated_at"})


class Account(BaseModel):
    """An account as readers see it."""

    id: UUID
    iban: str
    currency: Literal["EUR", "USD"]
    balance: str
    holder_id: UUID
    created_at: datetime
    updated_at: datetime


class AccountPage(BaseModel):
    """One page of accounts."""

    items: list[Account]
    next_cursor: str | None


class AccountCreate(Input):
    """A new account."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    iban: Iban
    currency: Currency
