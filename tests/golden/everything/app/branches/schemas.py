"""What clients send and get for a branch."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input, Patch, absent
from app.core.fields import JSON_VALUE, ONE_LINE, PROSE, DecimalText
from app.core.files import StoredFile
from app.rows.types import DATE, EMAIL, TIME, URL

Name = Annotated[str, Field(min_length=1, max_length=80, examples=["Name"]), ONE_LINE]

Slug = Annotated[
    str, Field(min_length=1, max_length=80, pattern="^[a-z0-9]+(-[a-z0-9]+)*$", examples=["slug"])
]

OpenedOn = Annotated[date, DATE, Field(examples=["2060-01-15"])]
OpensAt = Annotated[time, TIME, Field(examples=["09:00:00"])]
Site = Annotated[str, URL, Field(min_length=1, max_length=2048, examples=["https://example.com/"])]

Contact = Annotated[
    str, EMAIL, Field(min_length=1, max_length=254, examples=["contact@example.com"])
]

Settings = Annotated[Any, JSON_VALUE]

Languages = Annotated[
    list[Annotated[str, ONE_LINE, Field(min_length=1, max_length=255)]],
    Field(max_length=5, examples=[["Languages"]]),
]

Holidays = Annotated[list[Annotated[date, DATE]], Field(max_length=100)]
SecretNote = Annotated[str, Field(max_length=20000, examples=["Secret note"]), PROSE]
Budget = Annotated[Decimal, DecimalText(15, 2), Field(examples=["10.00"])]

Rating = Annotated[
    Decimal, DecimalText(19, 1), Field(ge=Decimal("0.0"), le=Decimal("5.0"), examples=["1.0"])
]

READ_ONLY = frozenset({"id", "plan", "manager_id", "created_at", "updated_at"})


class Branch(BaseModel):
    """A house with rooms."""

    id: UUID
    name: str
    slug: str
    opened_on: date
    opens_at: time
    site: str | None
    contact: str | None
    settings: Any | None
    languages: list[str]
    holidays: list[date] | None
    budget: str | None = absent()
    rating: str | None
    plan: StoredFile | None
    manager_id: UUID
    created_at: datetime
    updated_at: datetime


class BranchPage(BaseModel):
    """One page of branches."""

    items: list[Branch]
    next_cursor: str | None


class BranchCreate(Input):
    """A new branch."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY
    json_columns: ClassVar[frozenset[str]] = frozenset({"settings", "languages", "holidays"})

    name: Name
    slug: Slug = absent()
    opened_on: OpenedOn = absent()
    opens_at: OpensAt = time.fromisoformat("09:00:00")
    site: Site | None = None
    contact: Contact | None = None
    settings: Settings | None = None
    languages: Languages = ["german"]
    holidays: Holidays | None = None
    secret_note: SecretNote | None = None
    budget: Budget | None = None
    rating: Rating | None = None


class BranchUpdate(Patch):
    """Changes of a branch; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY
    json_columns: ClassVar[frozenset[str]] = frozenset({"settings", "languages", "holidays"})

    name: Name = absent()
    slug: Slug = absent()
    opened_on: OpenedOn = absent()
    opens_at: OpensAt = absent()
    site: Site | None = absent()
    contact: Contact | None = absent()
    settings: Settings | None = absent()
    languages: Languages = absent()
    holidays: Holidays | None = absent()
    secret_note: SecretNote | None = absent()
    budget: Budget | None = absent()
    rating: Rating | None = absent()
