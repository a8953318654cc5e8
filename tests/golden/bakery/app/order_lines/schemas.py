"""What clients send and get for an order line."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input, Patch, absent
from app.rows.types import ID

Quantity = Annotated[int, Field(ge=1, le=50, examples=[1])]
READ_ONLY = frozenset({"id", "unit_price", "amount", "order_id", "created_at", "updated_at"})


class OrderLine(BaseModel):
    """An order line as readers see it."""

    id: UUID
    quantity: int
    unit_price: str
    amount: str
    order_id: UUID
    cake_id: UUID
    created_at: datetime
    updated_at: datetime


class OrderLinePage(BaseModel):
    """One page of order lines."""

    items: list[OrderLine]
    next_cursor: str | None


class OrderLineCreate(Input):
    """A new order line."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    quantity: Quantity
    cake_id: Annotated[UUID, ID]


class OrderLineUpdate(Patch):
    """Changes of an order line; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY | {"cake_id"}

    quantity: Quantity = absent()
