"""The schema of a project as data: tables with all that keeps their rows right.

Made from an `Application` by `schema_of`, written out by `render`, compared by the migrations.
Names are bare (unquoted); conditions, defaults and bodies are SQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from local_engine.generator.blueprint.expressions.sql_functions import SqlFunction


@dataclass(frozen=True)
class Column:
    """One column. `generated` is the expression of a stored generated column.

    `backfill` is the SQL expression that gives rows that are already there their value when the
    column is new; it reads the row as the table's own name (`orders.id`). `reads` are the columns
    of any table (as `table.column`) that a value kept by triggers is worked out from.
    """

    name: str
    type: str
    nullable: bool = False
    default: str | None = None
    generated: str | None = None
    collation: str | None = None
    backfill: str | None = None
    reads: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True)
class Check:
    """A condition over the row's own columns."""

    name: str
    condition: str


@dataclass(frozen=True)
class UniqueKey:
    """No two rows agree in all `elements` (columns, or expressions in parentheses).

    Rows with a null among them, and rows that do not meet `where`, do not count.
    """

    name: str
    elements: tuple[str, ...]
    where: str | None = None


@dataclass(frozen=True)
class Exclusion:
    """No two rows (that meet `where`) for which every operator holds between its expression."""

    name: str
    elements: tuple[tuple[str, str], ...]
    where: str | None = None


@dataclass(frozen=True)
class ForeignKey:
    """`columns` lead to a row of `target`. `on_delete` is restrict, cascade or set null."""

    name: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    on_delete: str


@dataclass(frozen=True)
class Index:
    """An index that makes reading fast and forbids nothing."""

    name: str
    elements: tuple[str, ...]
    method: str = "btree"


@dataclass(frozen=True)
class Function:
    """A function. `signature` has name and arguments: `round_half_even(value numeric)`."""

    signature: str
    body: str
    returns: str = "trigger"
    language: str = "plpgsql"
    properties: str = ""
    description: str = ""

    @property
    def name(self) -> str:
        """The bare name, without the arguments."""
        return self.signature.partition("(")[0].strip('"')


@dataclass(frozen=True)
class Trigger:
    """Runs `function` for each row, after (or before) the `events` where `condition` holds.

    A trigger that keeps a rule has that rule's constraint name. `audit` is the SQL of a condition
    that holds for those rows of the table that break the rule; None where old rows are no matter.
    """

    name: str
    timing: str
    events: tuple[str, ...]
    function: str
    arguments: tuple[str, ...] = ()
    condition: str | None = None
    audit: str | None = None


@dataclass(frozen=True)
class Table:
    """A table. `fixed` ones are made by the fixed migration; here are only their own additions."""

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ("id",)
    checks: tuple[Check, ...] = ()
    unique_keys: tuple[UniqueKey, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: tuple[Index, ...] = ()
    functions: tuple[Function, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    fixed: bool = False
    description: str = ""

    @cached_property
    def column(self) -> Mapping[str, Column]:
        """The columns by name."""
        return {column.name: column for column in self.columns}


@dataclass(frozen=True)
class Schema:
    """All tables of a project, in the order in which they can be created.

    `time_zone` is what a day means when dates and datetimes are turned into one another.
    """

    extensions: tuple[str, ...] = ()
    functions: tuple[SqlFunction, ...] = ()
    tables: tuple[Table, ...] = ()
    time_zone: str = "UTC"

    @cached_property
    def table(self) -> Mapping[str, Table]:
        """The tables by name."""
        return {table.name: table for table in self.tables}
