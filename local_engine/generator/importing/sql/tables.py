"""The tables that a DDL describes, whatever its dialect."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from local_engine.generator.importing.report import Account


@dataclass
class Column:
    """A column: `type` is None where SQLite gives none, `computed` the expression it is made of.

    `identity` says that the database counts it up.
    """

    name: str
    type: exp.DataType | None
    nullable: bool = True
    default: exp.Expr | None = None
    computed: exp.Expr | None = None
    identity: bool = False
    comment: str = ""


@dataclass(frozen=True)
class UniqueKey:
    """Columns that are different in any two rows (that meet `where`)."""

    columns: tuple[str, ...]
    where: exp.Expr | None = None
    name: str = ""


@dataclass(frozen=True)
class ForeignKey:
    """Columns that refer to a row of `table` (a key of `Schema.tables`, or an unknown table).

    `referred` is empty where the primary key is meant. `on_delete` is in capitals: `SET NULL`.
    """

    columns: tuple[str, ...]
    table: str
    referred: tuple[str, ...] = ()
    on_delete: str = "NO ACTION"
    name: str = ""


@dataclass(frozen=True)
class Condition:
    """What a CHECK demands."""

    expression: exp.Expr
    name: str = ""


@dataclass(frozen=True)
class Index:
    """An index that is not unique; `search` if words are looked for in its columns."""

    columns: tuple[str, ...]
    name: str = ""
    search: bool = False


@dataclass(frozen=True)
class Exclusion:
    """Rows that agree in `equal` have intervals [start, end) that do not overlap."""

    equal: tuple[str, ...]
    start: str
    end: str
    where: exp.Expr | None = None
    name: str = ""


@dataclass
class Table:
    """One table. `key` is its name in `Schema.tables`: with the schema, where it is another one."""

    key: str
    name: str
    columns: dict[str, Column] = field(default_factory=dict)
    primary_key: tuple[str, ...] = ()
    uniques: list[UniqueKey] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    comment: str = ""

    def is_unique(self, column: str) -> bool:
        """Whether no two rows have the same value there (nulls do not count)."""
        keys = [unique.columns for unique in self.uniques if unique.where is None]
        return (column,) in (self.primary_key, *keys)


@dataclass(frozen=True)
class Domain:
    """A type with conditions of its own, over the name VALUE."""

    type: exp.DataType
    conditions: tuple[exp.Expr, ...]
    nullable: bool
    default: exp.Expr | None


@dataclass
class Schema:
    """All tables of a source, by key, and the account of everything that is not in them."""

    account: Account
    tables: dict[str, Table] = field(default_factory=dict)
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    domains: dict[str, Domain] = field(default_factory=dict)
