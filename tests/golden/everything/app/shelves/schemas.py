"""What clients send and get for a shelf."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input, Patch, absent
from app.core.fields import ONE_LINE, DecimalText
from app.rows.types import NOT_ZERO, OneOf

Label = Annotated[
    str,
    Field(min_length=1, max_length=20, pattern="^(?:[A-Z][0-9]{1,3})$", examples=["A0"]),
    ONE_LINE,
]

Depth = Annotated[Decimal, DecimalText(19, 2), NOT_ZERO, Field(examples=["1.00"])]

Kind = Annotated[
    int, OneOf((1, 2, 3)), Field(ge=-9007199254740991, le=9007199254740991, examples=[1])
]

READ_ONLY = frozenset({"id", "room_id", "created_at", "updated_at"})


class Shelf(BaseModel):
    """A shelf as readers see it."""

    id: UUID
    label: str
    depth: str
    kind: int
    room_id: UUID
    created_at: datetime
    updated_at: datetime


class ShelfPage(BaseModel):
    """One page of shelves."""

    items: list[Shelf]
    next_cursor: str | None


class ShelfCreate(Input):
    """A new shelf."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    label: Label
    depth: Depth = Decimal("30.00")
    kind: Kind = 1


class ShelfUpdate(Patch):
    """Changes of a shelf; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    label: Label = absent()
    depth: Depth = absent()
    kind: Kind = absent()
