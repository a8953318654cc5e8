"""What clients send and get for an order."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input, Patch, absent
from app.core.fields import PROSE
from app.rows.types import DATETIME

PickUpAt = Annotated[datetime, DATETIME, Field(examples=["2060-01-15T09:00:00+00:00"])]
Note = Annotated[str, Field(max_length=500, examples=["Note"]), PROSE]
READ_ONLY = frozenset({"id", "total", "customer_id", "status", "created_at", "updated_at"})


class Order(BaseModel):
    """An order as readers see it."""

    id: UUID
    pick_up_at: datetime
    note: str | None
    total: str
    customer_id: UUID
    status: Literal["cart", "placed", "ready", "cancelled"]
    created_at: datetime
    updated_at: datetime


class OrderPage(BaseModel):
    """One page of orders."""

    items: list[Order]
    next_cursor: str | None


class OrderCreate(Input):
    """A new order."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    pick_up_at: PickUpAt
    note: Note | None = None


class OrderUpdate(Patch):
    """Changes of an order; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    pick_up_at: PickUpAt = absent()
    note: Note | None = absent()
