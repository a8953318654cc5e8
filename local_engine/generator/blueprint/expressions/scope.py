"""What names mean: the protocol through which the checker asks about names and entities.

Whoever owns an expression (a rule, an operation, a where clause) gives a `Scope`. The shapes of
entities may refer to each other in circles, so they are asked attribute by attribute.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from local_engine.generator.blueprint.expressions.types import Type


class SymbolKind(StrEnum):
    """Where the value of a name comes from."""

    FIELD = "field"
    """A field or relation of the row that the expression is about."""
    INPUT = "input"
    """The record `input`, or one input by its bare name."""
    USER = "user"
    """The signed-in user."""
    ROW = "row"
    """Another row (or record) that is at hand, such as a created one or a loop's."""


@dataclass(frozen=True)
class Symbol:
    """The meaning of a name that stands at the beginning of a path."""

    name: str
    type: Type
    nullable: bool = False
    kind: SymbolKind = SymbolKind.FIELD


@dataclass(frozen=True)
class Attribute:
    """A field or relation that a dot reaches.

    `type` is a `RowType` for a to-one relation and a `ManyType` for a to-many relation.
    """

    name: str
    type: Type
    nullable: bool = False


class EntityShape(Protocol):
    """An entity (or the record of an input) as expressions see it."""

    @property
    def name(self) -> str:
        """The name of the entity, for messages and for comparing row types."""

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that name; None if there is none."""

    def attributes(self) -> Iterable[str]:
        """The names of all attributes, for suggestions."""


class Scope(Protocol):
    """The names that an expression may begin a path with."""

    def resolve(self, name: str) -> Symbol | None:
        """The meaning of the name; None if it has none."""

    def names(self) -> Iterable[str]:
        """All names that have a meaning, for suggestions."""
