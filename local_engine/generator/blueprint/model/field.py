"""Fields of entities and values of inputs, with the short form `title: string`."""

from __future__ import annotations

from typing import Any, Literal, get_args

from pydantic import Field as Key
from pydantic import GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from local_engine.generator.blueprint.model.access import Actors, plain_listed
from local_engine.generator.blueprint.model.node import Node
from local_engine.generator.blueprint.model.scalars import (
    ExpressionText,
    Limit,
    Listed,
    Number,
    Value,
)

TypeName = Literal[
    "string",
    "text",
    "integer",
    "decimal",
    "money",
    "boolean",
    "date",
    "time",
    "datetime",
    "duration",
    "uuid",
    "email",
    "url",
    "slug",
    "enum",
    "json",
    "list",
    "file",
]
TYPE_NAMES: tuple[str, ...] = get_args(TypeName)
_LISTED = ("accept", "editable_by", "visible_to")


class Field(Node):
    """A field: its type and what else is said about it."""

    type: TypeName = Key(description="What kind of value it is.")
    of: TypeName | None = Key(default=None, description="list: the type of its items.")
    values: list[str] = Key(default=[], description="enum: the values that it may have.")
    places: int | None = Key(default=None, description="decimal: digits after the point.")
    optional: bool = Key(default=False, description="Whether it may be null or left out.")
    default: Value = Key(
        default=None,
        description="The value when it is left out at creation: a literal, or an expression such "
        "as `today() + days(14)`.",
    )
    min: Limit | None = Key(
        default=None, description="Least value; for texts the least length, for lists of items."
    )
    max: Limit | None = Key(
        default=None, description="Greatest value; for texts the length, for lists of items."
    )
    in_: list[Value] = Key(default=[], alias="in", description="The only values allowed.")
    pattern: str | None = Key(
        default=None, description="A regular expression that the whole text matches."
    )
    nonzero: bool = Key(default=False, description="Whether zero is refused.")
    accept: Listed = Key(default=[], description="file: the content types that are taken.")
    max_size: Limit | None = Key(default=None, description="file: the largest size, e.g. 5MB.")
    unique: bool = Key(default=False, description="Whether no two rows have the same value.")
    immutable: bool = Key(default=False, description="Whether it is set at creation only.")
    private: bool = Key(default=False, description="Whether it is never part of an answer.")
    search: bool = Key(default=False, description="Whether `q=` looks into it.")
    filter: bool = Key(default=False, description="Whether lists can be filtered by it.")
    sort: bool = Key(default=False, description="Whether lists can be sorted by it.")
    check: ExpressionText | None = Key(
        default=None, description="A condition that every row must meet."
    )
    derived: str | None = Key(
        default=None, description="An aggregate over a to-many relation, e.g. sum(lines.amount)."
    )
    computed: ExpressionText | None = Key(
        default=None, description="Worked out from the row's own fields, e.g. quantity * price."
    )
    copied_from: str | None = Key(
        default=None, description="A path whose value is copied at creation, e.g. cake.price."
    )
    never_below: Number | None = Key(
        default=None, description="Every write that would bring it lower is refused."
    )
    editable_by: Actors | None = Key(default=None, description="Only they may send it.")
    visible_to: Actors | None = Key(default=None, description="Only they see it.")
    was: str | None = Key(default=None, description="Its name before a rename.")
    description: str = Key(default="", description="What it is, for people.")

    @model_validator(mode="before")
    @classmethod
    def _from_short_form(cls, value: Any) -> Any:
        return {"type": value} if isinstance(value, str) else value

    def plain(self) -> Any:
        """`string` where only the type is said, else a mapping."""
        data = dict(self._plain_items())
        for name in _LISTED:
            if name in data:
                data[name] = plain_listed(data[name])
        return self.type if len(data) == 1 else data

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        long_form = handler.resolve_ref_schema(handler(schema))
        short_form = {"enum": list(TYPE_NAMES), "description": "The type alone."}
        return {"anyOf": [short_form, long_form], "description": long_form.pop("description", "")}
