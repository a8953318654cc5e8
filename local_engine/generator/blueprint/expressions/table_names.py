"""`SqlNames` over plain tables: what an emitter needs to say is which tables and columns there are.

Rows are reached in three ways: as the row of a table in the statement (`o.total`) or of a trigger
(`NEW.total`), by their id (`%(user_id)s::uuid`), or as a value of their own (`%(amount)s`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from local_engine.generator.blueprint.expressions.expression import Path
from local_engine.generator.blueprint.expressions.sql_names import SqlChildren
from local_engine.generator.blueprint.expressions.types import EnumType, TextType, Type

_KEYWORDS = frozenset(
    {"as", "at", "by", "do", "for", "if", "in", "is", "no", "not", "of", "on", "or", "to"}
)


@dataclass(frozen=True)
class Many:
    """A to-many relation: rows of `entity` whose `column` leads here.

    With `link` the column is in that table, whose `link_column` leads on to the rows.
    """

    entity: str
    column: str
    link: str | None = None
    link_column: str | None = None


class Tables(Protocol):
    """Tables and columns of entities and their attributes, as identifiers ready for SQL."""

    def table(self, entity: str) -> str:
        """The table of an entity."""

    def column(self, entity: str, attribute: str) -> str:
        """The column of a field or of a to-one relation."""

    def target(self, entity: str, attribute: str) -> str:
        """The entity that a to-one relation leads to."""

    def many(self, entity: str, attribute: str) -> Many:
        """A to-many relation."""

    def is_array(self, entity: str, attribute: str) -> bool:
        """Whether a list is kept as an array (and not as jsonb)."""


@dataclass(frozen=True)
class RowOf:
    """A row by its name in the statement: an alias, or NEW and OLD (then `variable`)."""

    entity: str
    alias: str
    variable: bool = False


@dataclass(frozen=True)
class RowById:
    """A row by the SQL of its id, which is a parameter or a variable."""

    entity: str
    id: str


@dataclass(frozen=True)
class Value:
    """A value by its SQL, which is a parameter or a variable: `%(input_amount)s::numeric`."""

    sql: str


@dataclass(frozen=True)
class Record:
    """A bundle of named roots, such as `input`."""

    parts: Mapping[str, Root]


Root = RowOf | RowById | Value | Record


@dataclass(frozen=True)
class TableNames:
    """Names of a statement.

    `own` is the row whose attributes are names by themselves; `roots` are the other names.
    `taken` are aliases that stand for rows of the statement around. `many` gathers the aliases
    of to-many relations, so that no two are the same: a new statement wants new names.
    """

    tables: Tables
    own: RowOf | RowById | None = None
    roots: Mapping[str, Root] = field(default_factory=dict)
    parameters: bool = True
    now: str = "now()"
    taken: frozenset[str] = frozenset()
    many: set[str] = field(default_factory=set, compare=False)

    def column(self, path: Path) -> str:
        """See `SqlNames`."""
        root, rest = self._root(path)
        match root:
            case Value(sql):
                return sql
            case RowOf(entity, alias) if len(rest) == 1:
                return f"{alias}.{self.tables.column(entity, rest[0])}"
            case _:
                return self._from_row(root, rest)

    def is_parameter(self, path: Path) -> bool:
        """See `SqlNames`."""
        root, rest = self._root(path)
        match root:
            case Value():
                return True
            case RowOf(_, _, variable):
                return variable and len(rest) <= 1
            case _:
                return not rest

    def children(self, path: Path) -> SqlChildren:
        """See `SqlNames`."""
        root, rest = self._root(path)
        parent = self._by_id(root, rest[:-1])
        many = self.tables.many(parent.entity, rest[-1])
        table = self.tables.table(many.entity)
        alias = self._alias(table)
        row = replace(self, own=RowOf(many.entity, alias), roots={}, taken=self._around())
        if many.link is None:
            return SqlChildren(f"{table} AS {alias}", f"{alias}.{many.column} = {parent.id}", row)
        link = self._alias(many.link)
        row = replace(row, taken=row.taken | {link})
        joined = f"{many.link} AS {link} ON {link}.{many.link_column} = {alias}.id"
        source = f"{table} AS {alias} JOIN {joined}"
        return SqlChildren(source, f"{link}.{many.column} = {parent.id}", row)

    def contains(self, path: Path, item: str, type_: Type) -> str:
        """See `SqlNames`."""
        column = self.column(path)
        root, rest = self._root(path)
        owner = self._by_id(root, rest[:-1]).entity
        if self.tables.is_array(owner, rest[-1]):
            return f"{item} = ANY ({column}::text[])"
        if isinstance(type_, TextType | EnumType):
            return f"{column} ? {item}"
        return f"{column} @> to_jsonb({item})"

    def _root(self, path: Path) -> tuple[Root, Path]:
        """What a path begins with, and the attributes that follow."""
        if path and path[0] in self.roots:
            root, rest = self.roots[path[0]], path[1:]
            while isinstance(root, Record):
                root, rest = root.parts[rest[0]], rest[1:]
            return root, rest
        if self.own is None:
            raise KeyError(f"no SQL for {'.'.join(path)}")
        return self.own, path

    def _by_id(self, root: Root, steps: Path) -> RowById:
        """The row that some to-one relations lead to."""
        match root:
            case RowOf(entity, alias) if steps:
                column = f"{alias}.{self.tables.column(entity, steps[0])}"
                return self._by_id(RowById(self.tables.target(entity, steps[0]), column), steps[1:])
            case RowOf(entity, alias):
                return RowById(entity, f"{alias}.id")
            case RowById() if steps:
                entity = root.entity
                for step in steps:
                    entity = self.tables.target(entity, step)
                return RowById(entity, self._sub_select(root, steps))
            case RowById():
                return root
            case _:
                raise KeyError(f"{root} is not a row")

    def _from_row(self, root: Root, rest: Path) -> str:
        if not rest or rest[-1] == "id":
            return self._by_id(root, rest[:-1] if rest else rest).id
        if isinstance(root, RowOf):
            return self._sub_select(self._by_id(root, rest[:1]), rest[1:])
        assert isinstance(root, RowById)
        return self._sub_select(root, rest)

    def _sub_select(self, row: RowById, steps: Path) -> str:
        """A value beyond a row that is known by its id; each step but the last joins a table."""
        taken = self._around()
        entity = row.entity
        table = self.tables.table(entity)
        alias = _free_alias(table, taken)
        source, first = f"{table} AS {alias}", alias
        for step in steps[:-1]:
            taken |= {alias}
            column = f"{alias}.{self.tables.column(entity, step)}"
            entity = self.tables.target(entity, step)
            table = self.tables.table(entity)
            alias = _free_alias(table, taken)
            source += f" JOIN {table} AS {alias} ON {alias}.id = {column}"
        column = f"{alias}.{self.tables.column(entity, steps[-1])}"
        return f"(SELECT {column} FROM {source} WHERE {first}.id = {row.id})"  # noqa: S608

    def _around(self) -> frozenset[str]:
        aliases = {root.alias for root in self.roots.values() if isinstance(root, RowOf)}
        if isinstance(self.own, RowOf):
            aliases.add(self.own.alias)
        return self.taken | aliases

    def _alias(self, table: str) -> str:
        """An alias for rows of a to-many relation."""
        alias = _free_alias(table, self._around() | self.many)
        self.many.add(alias)
        return alias


def _free_alias(table: str, taken: frozenset[str]) -> str:
    """The initials of a table's name, with a number if they are taken."""
    initials = "".join(word[0] for word in table.strip('"').split("_") if word)
    alias, number = initials, 1
    while alias in taken or alias in _KEYWORDS:
        number += 1
        alias = f"{initials}{number}"
    return alias
