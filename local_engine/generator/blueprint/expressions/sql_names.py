"""What names are called in one SQL statement: the protocol that emitters implement.

Sessions run with `TimeZone` UTC and text is UTF-8. Columns: integers are bigint, decimals and
money numeric, durations interval, datetimes timestamptz, enums and states text, rows their id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from local_engine.generator.blueprint.expressions.expression import Path
from local_engine.generator.blueprint.expressions.types import Type


class SqlNames(Protocol):
    """The SQL for names and paths, seen from one row.

    All SQL it gives must be a primary: a column (`o.total`, `NEW.total`), a parameter with a cast
    (`%(input_amount)s::numeric`), or something in parentheses.
    """

    @property
    def parameters(self) -> bool:
        """Whether the statement is sent with parameters, so that `%` in texts is doubled."""

    @property
    def now(self) -> str:
        """The time of the transaction: `now()`."""

    def column(self, path: Path) -> str:
        """The value that a path leads to; for a row its id.

        The path begins with a name of the scope or, in the names of an aggregate's rows, with an
        attribute of such a row; the empty path is the row itself. Beyond a to-one relation it is
        a sub-select: `(SELECT c.closed FROM communities AS c WHERE c.id = o.community_id)`.
        """

    def is_parameter(self, path: Path) -> bool:
        """Whether `column(path)` is a parameter, or a variable of a trigger such as `NEW.total`.

        The planner may put in its value and work out what depends on parameters alone.
        """

    def children(self, path: Path) -> SqlChildren:
        """The rows that a to-many path leads to. Every call takes an alias of its own."""

    def contains(self, path: Path, item: str, type_: Type) -> str:
        """The condition that the list at `path` has `item`, of type `type_`, in it."""


@dataclass(frozen=True)
class SqlChildren:
    """Rows of a to-many relation: `FROM {source} WHERE {condition}`.

    `source` is `order_lines AS l`, perhaps with a JOIN; `condition` is `l.order_id = o.id`;
    `row` gives the names as seen from one of these rows.
    """

    source: str
    condition: str
    row: SqlNames
