"""What clients send and get for a card."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from app.core.body import Input, Patch, absent
from app.core.fields import DecimalText
from app.core.files import StoredFile

Title = Annotated[str, Field(min_length=1, max_length=120, examples=["Paint the door"])]
Notes = Annotated[str, Field(max_length=2000, examples=["Two coats."])]
Priority = Literal["low", "normal", "high"]
Money = Annotated[Decimal, DecimalText(15, 2)]
Status = Literal["open", "doing", "done"]

READ_ONLY = frozenset({"id", "board_id", "status", "attachment", "created_at", "updated_at"})


class Card(BaseModel):
    """A card as its readers see it."""

    id: UUID
    board_id: UUID
    title: str
    notes: str | None
    priority: Priority
    budget: Annotated[str, Field(examples=["120.00"])]
    spent: Annotated[str, Field(examples=["80.50"])]
    due_at: datetime | None
    status: Status
    attachment: StoredFile | None
    created_at: datetime
    updated_at: datetime


class CardPage(BaseModel):
    """One page of cards."""

    items: list[Card]
    next_cursor: str | None


class CardCreate(Input):
    """A new card."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    title: Title
    notes: Notes | None = None
    priority: Priority = "normal"
    budget: Annotated[Money, Field(ge=0, examples=["120.00"])] = Decimal("0")
    spent: Annotated[Money, Field(ge=0, examples=["80.50"])] = Decimal("0")
    due_at: AwareDatetime | None = None


class CardUpdate(Patch):
    """Changes of a card; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    title: Title = absent()
    notes: Notes | None = absent()
    priority: Priority = absent()
    budget: Annotated[Money, Field(ge=0)] = absent()
    spent: Annotated[Money, Field(ge=0)] = absent()
    due_at: AwareDatetime | None = absent()
