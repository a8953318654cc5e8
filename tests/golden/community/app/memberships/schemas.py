"""What clients send and get for a membership."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel

from app.core.body import Input, Patch, absent
from app.rows.types import ID

Role = Literal["reader", "moderator"]
READ_ONLY = frozenset({"id", "user_id", "created_at", "updated_at"})


class Membership(BaseModel):
    """A membership as readers see it."""

    id: UUID
    role: Literal["reader", "moderator"]
    community_id: UUID
    user_id: UUID
    created_at: datetime
    updated_at: datetime


class MembershipPage(BaseModel):
    """One page of memberships."""

    items: list[Membership]
    next_cursor: str | None


class MembershipCreate(Input):
    """A new membership."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    role: Role = "reader"
    community_id: Annotated[UUID, ID]


class MembershipUpdate(Patch):
    """Changes of a membership; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY | {"community_id"}

    role: Role = absent()
