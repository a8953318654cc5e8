"""What clients send and get for a todo."""

from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.body import Input, Patch, absent
from app.core.fields import ONE_LINE, PROSE
from app.rows.types import DATE

Title = Annotated[str, Field(min_length=1, max_length=200, examples=["Title"]), ONE_LINE]
Description = Annotated[str, Field(max_length=20000, examples=["Description"]), PROSE]
DueOn = Annotated[date, DATE, Field(examples=["2060-01-15"])]
READ_ONLY = frozenset({"id", "owner_id", "created_at", "updated_at"})


class Todo(BaseModel):
    """A todo as readers see it."""

    id: UUID
    title: str
    description: str | None
    done: bool
    due_on: date | None
    owner_id: UUID
    created_at: datetime
    updated_at: datetime


class TodoPage(BaseModel):
    """One page of todos."""

    items: list[Todo]
    next_cursor: str | None


class TodoCreate(Input):
    """A new todo."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    title: Title
    description: Description | None = None
    done: bool = False
    due_on: DueOn | None = None


class TodoUpdate(Patch):
    """Changes of a todo; what is not given stays."""

    read_only: ClassVar[frozenset[str]] = READ_ONLY

    title: Title = absent()
    description: Description | None = absent()
    done: bool = absent()
    due_on: DueOn | None = absent()
