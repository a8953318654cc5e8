"""Fields of a resolved entity: every default filled in, every expression checked."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local_engine.generator.blueprint.expressions import Expression
    from local_engine.generator.blueprint.resolved.actors import Access


class FieldType(StrEnum):
    """The types that a Blueprint can give a field (docs/blueprint.md, "Field types")."""

    STRING = "string"
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    DURATION = "duration"
    UUID = "uuid"
    EMAIL = "email"
    URL = "url"
    SLUG = "slug"
    ENUM = "enum"
    JSON = "json"
    LIST = "list"
    FILE = "file"


@dataclass(frozen=True)
class LiteralDefault:
    """A constant; `value` already has the field's Python type (Decimal for money, date ...)."""

    value: object


@dataclass(frozen=True)
class ExpressionDefault:
    """A value worked out at creation, such as `today() + days(14)`."""

    expression: Expression


@dataclass(frozen=True)
class SlugDefault:
    """The slug of another text field of the same row."""

    field: str


Default = LiteralDefault | ExpressionDefault | SlugDefault


@dataclass(frozen=True)
class Derived:
    """An aggregate over a to-many relation, kept right by the database.

    `function` is sum, count, avg, min or max; `value` is None for count and else an expression
    over the child row; `where` filters children and reads only the child's own fields.
    """

    function: str
    many: str
    value: Expression | None
    where: Expression | None


@dataclass(frozen=True)
class Field:
    """One field of an entity.

    `minimum` and `maximum` are lengths for text types (and item counts for lists), else values.
    `max_size` is in bytes. At most one of `derived`, `computed` and `copied_from` is set; such a
    field is read-only. `copied_from` is a path (relation, ..., field).
    """

    name: str
    type: FieldType
    optional: bool = False
    default: Default | None = None
    unique: bool = False
    minimum: int | Decimal | object | None = None
    maximum: int | Decimal | object | None = None
    allowed: tuple[object, ...] = ()
    pattern: str | None = None
    values: tuple[str, ...] = ()
    places: int | None = None
    item_type: FieldType | None = None
    accept: tuple[str, ...] = ()
    max_size: int | None = None
    nonzero: bool = False
    immutable: bool = False
    private: bool = False
    search: bool = False
    filter: bool = False
    sort: bool = False
    derived: Derived | None = None
    computed: Expression | None = None
    copied_from: tuple[str, ...] | None = None
    never_below: Decimal | int | None = None
    editable_by: Access | None = None
    visible_to: Access | None = None
    was: str | None = None
    description: str = ""

    @property
    def read_only(self) -> bool:
        """Whether clients may never send it in a body."""
        return bool(self.derived or self.computed or self.copied_from) or (
            self.type is FieldType.FILE
        )

    @property
    def required_on_create(self) -> bool:
        """Whether the body that creates a row must contain it."""
        return not (self.read_only or self.optional or self.default is not None)
