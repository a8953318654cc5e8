"""Rows in SQL: what the fields, references and paths of a row are called in a statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from local_engine.generator.blueprint.expressions.table_names import (
    Root,
    RowById,
    RowOf,
    TableNames,
)
from local_engine.generator.blueprint.resolved import USER, Application, Entity
from local_engine.generator.emit.relational.names import column_of, quote
from local_engine.generator.emit.relational.tables import ApplicationTables

Path = tuple[str, ...]

ACTOR = "%(actor)s::uuid"
"""The signed-in user's id as a parameter; null for nobody."""


@dataclass(frozen=True)
class Row:
    """A row that a statement has at hand under a name: an alias, or the table's own name.

    `taken` are the names of the rows around it; `columns` collects which of its columns are read.
    """

    application: Application
    entity: Entity
    alias: str
    taken: frozenset[str] = frozenset()
    columns: dict[str, None] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, application: Application, entity: Entity) -> Row:
        """The row that statements about the entity's own table call by the table's name."""
        return cls(application, entity, quote(entity.table))

    @property
    def source(self) -> str:
        """The FROM clause for this row alone."""
        table = quote(self.entity.table)
        return f"FROM {table}" if self.alias == table else f"FROM {table} AS {self.alias}"

    @property
    def id(self) -> str:
        """The row's id."""
        return self.value("id")

    def value(self, name: str) -> str:
        """A field, to-one relation, state or standard column of the row itself."""
        column = column_of(self.entity, name)
        self.columns[column] = None
        return f"{self.alias}.{quote(column)}"

    def path(self, path: Path) -> str:
        """The value at the end of a path of to-one relations; the row's id for an empty one."""
        if not path:
            return self.id
        name, *rest = path
        if not rest:
            return self.value(name)
        return self.beyond(self.entity.to_one[name].to, self.value(name), tuple(rest))

    def beyond(self, to: str, key: str, path: Path) -> str:
        """The value that a path leads to from the row of the entity `to` with the id `key`."""
        if not path:
            return key
        inner = self.inner(self.application.entities[to])
        return f"(SELECT {inner.path(path)} {inner.source} WHERE {inner.id} = {key})"

    def inner(self, entity: Entity) -> Row:
        """A row of `entity` in a subquery of its own that also sees this row."""
        taken = self.taken | {self.alias}
        alias, number = quote(entity.table), 2
        while alias in taken:
            alias, number = quote(f"{entity.table}_{number}"), number + 1
        return Row(self.application, entity, alias, taken)

    def names(self, roots: Mapping[str, Root] | None = None) -> TableNames:
        """The names that an expression over this row may use, for the compiler to SQL.

        `roots` are names that are bound besides: inputs, created rows, rows of a loop.
        """
        bound: dict[str, Root] = {}
        if "user" not in self.entity.to_one:
            bound["user"] = RowById(USER, ACTOR)
        bound.update(roots or {})
        return TableNames(
            ApplicationTables(self.application),
            RowOf(self.entity.name, self.alias),
            bound,
            taken=self.taken,
        )

    def note(self, paths: frozenset[Path]) -> None:
        """Collect the columns that an expression with these paths reads of the row."""
        for path in sorted(paths):
            name = path[0]
            if name in self.entity.to_many or name in self.entity.links:
                self.columns["id"] = None
            elif name != "user" or name in self.entity.to_one:
                self.columns[column_of(self.entity, name)] = None
