"""What clients send and get for an item."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input, Patch, absent
from app.core.fields import ONE_LINE, PROSE, DecimalText
from app.rows.types import DATE, ID

Title = Annotated[str, Field(min_length=1, max_length=160, examples=["Title"]), ONE_LINE]
Summary = Annotated[str, Field(max_length=20000, examples=["Summary"]), PROSE]

Code = Annotated[
    str,
    Field(min_length=1, max_length=255, pattern="^(?:[A-Z]{2}-[0-9]{4})$", examples=["AA-0000"]),
    ONE_LINE,
]

Reference = Annotated[UUID, ID]
Price = Annotated[Decimal, DecimalText(15, 2), Field(ge=Decimal("0.01"), examples=["10.00"])]
Copies = Annotated[int, Field(ge=0, le=9007199254740991, examples=[1])]
Date = Annotated[date, DATE, Field(examples=["2060-01-15"])]

READ_ONLY = frozenset(
    {"id", "value", "loan_count", "last_due", "mean_fee", "created_at", "updated_at"}
)


class Item(BaseModel):
    """An item as readers see it."""

    id: UUID
    title: str
    summary: str | None
    code: str
    reference: UUID | None
    price: str
    copies: int
    date_: Annotated[date | None, Field(alias="date")]
    value: str
    loan_count: int
    last_due: date | None
    mean_fee: str | None
    shelf_id: UUID | None
    topic_id: UUID
    cover_of_id: UUID | None
    created_at: datetime
    updated_at: datetime


class ItemPage(BaseModel):
    """One page of items."""

    items: list[Item]
    next_cursor: str | None


class ItemCreate(Input):
    """A new item."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    title: Title
    summary: Summary | None = None
    code: Code
    reference: Reference | None = None
    price: Price
    copies: Copies = 1
    date_: Annotated[Date | None, Field(alias="date")] = None
    shelf_id: Annotated[UUID, ID] | None = None
    topic_id: Annotated[UUID, ID]
    cover_of_id: Annotated[UUID, ID] | None = None


class ItemUpdate(Patch):
    """Changes of an item; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY | {"code"}

    title: Title = absent()
    summary: Summary | None = absent()
    reference: Reference | None = absent()
    price: Price = absent()
    copies: Copies = absent()
    date_: Annotated[Date | None, Field(alias="date")] = absent()
    shelf_id: Annotated[UUID, ID] | None = absent()
    topic_id: Annotated[UUID, ID] = absent()
    cover_of_id: Annotated[UUID, ID] | None = absent()
