"""What clients send and get for a cake."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input, Patch, absent
from app.core.fields import ONE_LINE, DecimalText
from app.core.files import StoredFile

Name = Annotated[str, Field(min_length=1, max_length=80, examples=["Name"]), ONE_LINE]
Flavour = Literal["chocolate", "lemon", "carrot"]
Price = Annotated[Decimal, DecimalText(15, 2), Field(ge=Decimal("0.01"), examples=["10.00"])]
Stock = Annotated[int, Field(ge=0, le=9007199254740991, examples=[1])]
READ_ONLY = frozenset({"id", "picture", "created_at", "updated_at"})


class Cake(BaseModel):
    """A cake as readers see it."""

    id: UUID
    name: str
    flavour: Literal["chocolate", "lemon", "carrot"]
    price: str
    stock: int
    picture: StoredFile | None
    created_at: datetime
    updated_at: datetime


class CakePage(BaseModel):
    """One page of cakes."""

    items: list[Cake]
    next_cursor: str | None


class CakeCreate(Input):
    """A new cake."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    name: Name
    flavour: Flavour
    price: Price
    stock: Stock


class CakeUpdate(Patch):
    """Changes of a cake; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    name: Name = absent()
    flavour: Flavour = absent()
    price: Price = absent()
    stock: Stock = absent()
