"""Rules of a resolved entity; each has a stable id that answers and reports name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local_engine.generator.blueprint.expressions import Expression


@dataclass(frozen=True)
class Check:
    """A condition that every stored row must meet, checked on the named writes.

    `status` is 422 when it reads only plain fields of the row itself, else 409.
    `field` names the field that bears it when it was written there.
    """

    id: str
    expression: Expression
    on_create: bool
    on_update: bool
    message: str
    status: int
    field: str | None = None


@dataclass(frozen=True)
class Unique:
    """No two rows (of a tenant, where there is tenancy) agree in all `names`."""

    id: str
    names: tuple[str, ...]
    where: Expression | None
    message: str


@dataclass(frozen=True)
class AtMost:
    """At most `limit` rows that meet `where`, for each row of the relations in `per`.

    `limit` is an integer, or an expression over the row that `per` (then one relation) leads to:
    a capacity; lowering that capacity under the present count is refused by the same rule.
    """

    id: str
    limit: int | Expression
    per: tuple[str, ...]
    where: Expression | None
    message: str


@dataclass(frozen=True)
class NoOverlap:
    """Half-open intervals [start, end) of rows with equal `per` do not overlap.

    Rows for which `where` is false do not count.
    """

    id: str
    start: str
    end: str
    per: tuple[str, ...]
    where: Expression | None
    message: str


@dataclass(frozen=True)
class EditableWhile:
    """The row and its parts may be changed or deleted only while this holds."""

    id: str
    expression: Expression
    message: str


Rule = Check | Unique | AtMost | NoOverlap | EditableWhile
