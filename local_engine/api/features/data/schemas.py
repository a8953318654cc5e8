"""What is sent about a running project's data."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MAX_PAGE = 500
ColumnName = Annotated[str, Field(min_length=1, max_length=63)]
Values = Annotated[dict[ColumnName, Any], Field(min_length=1, max_length=200)]


class Column(BaseModel):
    """A column of a table. A `computed` one is the database's own; a `hidden` one is not shown."""

    name: str
    type: str
    nullable: bool
    key: bool
    computed: bool
    hidden: bool


class Table(BaseModel):
    """A table, and how many rows it has; 10,000 stands for more."""

    name: str
    columns: list[Column]
    rows: int


class TableList(BaseModel):
    """The tables of a project."""

    tables: list[Table]


class RowPage(BaseModel):
    """Rows as JSON objects; `more` says that others follow."""

    rows: list[dict[str, Any]]
    more: bool


class NewRow(BaseModel):
    """A row to be added; columns that are left out get their defaults."""

    model_config = ConfigDict(extra="forbid")

    values: Values


class RowChange(BaseModel):
    """Values for the row with this key."""

    model_config = ConfigDict(extra="forbid")

    key: Values
    values: Values


class RowKey(BaseModel):
    """The key of a row."""

    model_config = ConfigDict(extra="forbid")

    key: Values


class Row(BaseModel):
    """A row as it is now."""

    row: dict[str, Any]


class DataChange(BaseModel):
    """A change that the owner made by hand."""

    id: int
    at: datetime
    table: str
    action: Literal["insert", "update", "delete"]
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class ChangeList(BaseModel):
    """Changes that the owner made by hand, the newest first."""

    changes: list[DataChange]
