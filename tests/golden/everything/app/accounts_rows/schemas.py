"""What clients send and get for an account."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel

from app.core.body import Input

READ_ONLY = frozenset({"id", "balance", "holder_id", "created_at", "updated_at"})


class Account(BaseModel):
    """An account as readers see it."""

    id: UUID
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
