"""Relations of a resolved entity."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local_engine.generator.blueprint.expressions import Expression
    from local_engine.generator.blueprint.resolved.actors import Access


class OnDelete(StrEnum):
    """What happens to a row when the row that it refers to is deleted."""

    RESTRICT = "restrict"
    CASCADE = "cascade"
    SET_NULL = "set null"


@dataclass(frozen=True)
class ToOne:
    """A reference to one row of another entity; column and JSON key are `<name>_id`.

    `unique` makes it one-to-one. `same` is a path that must lead to the same row from here and
    from the referenced row. `where` is an expression over the referenced row.
    `implicit` marks the tenant relation, which the Blueprint does not write out.
    """

    name: str
    to: str
    optional: bool = False
    unique: bool = False
    immutable: bool = False
    on_delete: OnDelete = OnDelete.RESTRICT
    same: tuple[str, ...] | None = None
    where: Expression | None = None
    editable_by: Access | None = None
    visible_to: Access | None = None
    implicit: bool = False
    was: str | None = None
    description: str = ""


@dataclass(frozen=True)
class ToMany:
    """The rows of `of` whose to-one relation `inverse` leads here; owns no column."""

    name: str
    of: str
    inverse: str
    description: str = ""


@dataclass(frozen=True)
class Links:
    """A plain many-to-many relation: pairs in a link table of its own."""

    name: str
    to: str
    was: str | None = None
    description: str = ""
