"""Where an action happens: the rows and inputs at hand, and what they are called in SQL.

Every statement of an action gets the same parameters, the dictionary `names` of the generated
function: `%(id)s` is the action's own row, `%(input.x)s` what was sent, `%(row.x)s` a row that an
effect made or that a loop is at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.expressions.sql_names import SqlChildren
from local_engine.generator.blueprint.expressions.sql_text import Level
from local_engine.generator.blueprint.expressions.table_names import (
    Record,
    Root,
    RowById,
    RowOf,
    TableNames,
    Value,
)
from local_engine.generator.blueprint.expressions.to_sql import Compiler
from local_engine.generator.blueprint.resolved import (
    USER,
    Application,
    Entity,
    Field,
    InputField,
    RefInput,
    RowsInput,
    ValueInput,
)
from local_engine.generator.emit.relational.column_types import TEXT_TYPES, column_type
from local_engine.generator.emit.relational.tables import ApplicationTables

Path = tuple[str, ...]
OWN_ID = "%(id)s::uuid"
ACTOR_ID = "%(actor)s::uuid"


@dataclass(frozen=True)
class LookingFrom:
    """A scene for statements with a row of `table` in them, the one that has the id `key`."""

    scene: Scene
    table: str
    key: str


@dataclass
class Scene:
    """The names of one action. `own` is the entity of its row, None where there is none.

    `by_job` tells that nobody asks, so that there is no path that names the tenant.
    """

    application: Application
    own: Entity | None
    inputs: tuple[InputField, ...] = ()
    bound: dict[str, Root] = field(default_factory=dict)
    by_job: bool = False
    at_hand: bool = False
    about: RowById | RowOf | None = None
    """The row that the placeholders of e-mails are about."""

    def __post_init__(self) -> None:
        own = self._own_row
        if own is not None:
            self.about = self.about or own
            self.bound["row"] = own
        if self.own is None or "user" not in self.own.to_one:
            self.bound["user"] = RowById(USER, ACTOR_ID)
        parts = dict(self._parts(self.inputs, "input"))
        if parts:
            self.bound["input"] = Record(parts)
        for given in self.inputs:
            if isinstance(given, RefInput) and not self._own_has(given.name):
                self.bound[given.name] = parts[given.name]

    @property
    def _own_row(self) -> RowById | RowOf | None:
        """The action's row: that of the statement, or by its id."""
        if self.own is None:
            return None
        if self.at_hand:
            return RowOf(self.own.name, self._table)
        return RowById(self.own.name, OWN_ID)

    @property
    def _table(self) -> str:
        assert self.own is not None
        return ApplicationTables(self.application).table(self.own.name)

    def with_row_at_hand(self) -> Scene:
        """The same scene for statements that have the action's row in them, by its table's name."""
        if self.own is None:
            return self
        about = self.about
        if about == RowById(self.own.name, OWN_ID):
            about = None
        return replace(self, bound=dict(self.bound), at_hand=True, about=about)

    def select(self, columns: str) -> str:
        """SELECT these columns, which were written with the row at hand, if they are about it."""
        if not self.at_hand or f"{self._table}." not in columns:
            return _select(columns)
        return f"{_select(columns)}\nFROM {self._table}\nWHERE {self._table}.id = {OWN_ID}"

    def _own_has(self, name: str) -> bool:
        own = self.own
        return own is not None and (name in own.fields or name in own.to_one or name in own.to_many)

    def _parts(self, inputs: tuple[InputField, ...], prefix: str) -> Iterator[tuple[str, Root]]:
        for given in inputs:
            match given:
                case RefInput(name, entity):
                    yield name, RowById(entity, f"%({prefix}.{name})s::uuid")
                case ValueInput(name, described):
                    kind = column_type(described, self.application.currency_digits)
                    yield name, Value(f"%({prefix}.{name})s::{kind.partition('(')[0]}")

    def bind_row(self, name: str, entity: str) -> str:
        """Give a made row or a loop's row its name; returns the key of its id in `names`."""
        row = RowById(entity, f"%(row.{name})s::uuid")
        self.bound[name] = row
        if self.own is None:
            self.about = row
        return f"row.{name}"

    def looking_from(self, path: Path, target: str) -> LookingFrom | None:
        """The same scene beside the row from which one step leads to the row of a statement.

        So that row is read once, however much of it the statement needs. None where no row is one
        step away, or it is in the target's own table.
        """
        tables = ApplicationTables(self.application)
        steps = path[1:] if path[0] == "row" else path
        if len(steps) == 1 and self.own is not None and steps[0] not in self.bound:
            table, key = tables.table(self.own.name), OWN_ID
            scene = self.with_row_at_hand()
        else:
            root = self.bound.get(steps[0]) if len(steps) == 2 else None
            if not isinstance(root, RowById):
                return None
            table, key = tables.table(root.entity), root.id
            row = RowOf(root.entity, table)
            scene = replace(self, bound={**self.bound, steps[0]: row})
        return None if table == target else LookingFrom(scene, table, key)

    def seen_from(self, name: str, row: RowOf, expression: Expression) -> str:
        """A condition in a statement that has the row called `name` at hand."""
        names = self.names
        names = replace(names, roots={**names.roots, name: row})
        return Compiler(names).sql(expression.root).at(Level.NOT)

    def bind_columns(self, name: str, rows: RowsInput) -> None:
        """Give one object of a rows input its name."""
        self.bound[name] = Record(dict(self._parts(rows.columns, name)))

    def rows_input(self, source: Path) -> RowsInput | None:
        """The rows input that a path names; None for a path to rows of the database."""
        name = source[-1]
        if source not in ((name,), ("input", name)):
            return None
        return next((i for i in self.inputs if isinstance(i, RowsInput) and i.name == name), None)

    @property
    def names(self) -> TableNames:
        """The names for the compiler to SQL."""
        return TableNames(ApplicationTables(self.application), self._own_row, dict(self.bound))

    def value(self, expression: Expression) -> str:
        """A value that can stand anywhere."""
        return Compiler(self.names).sql(expression.root).at(Level.PRIMARY)

    def condition(self, expression: Expression) -> str:
        """A condition, in brackets unless it can stand beside others."""
        return Compiler(self.names).sql(expression.root).at(Level.NOT)

    def row_id(self, path: Path) -> str:
        """The id of the row that a path leads to; the action's own row for an empty one."""
        return OWN_ID if not path else self.names.column(path)

    def told(self, path: Path) -> str:
        """The value at the end of a path as a text for people; empty where there is none."""
        return self._told(self.names, path)

    def told_of_row(self, path: Path) -> str:
        """The same for a path of the row that an e-mail is about."""
        return self._told(TableNames(ApplicationTables(self.application), self.about), path)

    def _told(self, names: TableNames, path: Path) -> str:
        column, described = names.column(path), self._field(names, path)
        if described is not None and described.type in TEXT_TYPES:
            return f"coalesce({column}, '')"
        # The form of JSON, which is that of answers.
        return f"coalesce(to_jsonb({column}) #>> '{{}}', '')"

    def _field(self, names: TableNames, path: Path) -> Field | None:
        """The field at the end of a path; None for what is no field of a row."""
        root, steps = names.roots.get(path[0]), path[1:]
        if root is None:
            root, steps = names.own, path
        while isinstance(root, Record) and steps:
            root, steps = root.parts.get(steps[0]), steps[1:]
        if not isinstance(root, RowById | RowOf) or not steps:
            return None
        entity = self.application.entities[root.entity]
        for step in steps[:-1]:
            entity = self.application.entities[entity.to_one[step].to]
        return entity.fields.get(steps[-1])

    @property
    def in_tenant(self) -> bool:
        """Whether all of this belongs to a tenant."""
        tenancy = self.application.tenancy
        if tenancy is None:
            return False
        return self.own is None or self.own.tenanted or self.own.name == tenancy.tenant

    @property
    def tenant(self) -> str:
        """The id of the tenant that all of this belongs to."""
        tenancy = self.application.tenancy
        assert tenancy is not None
        if self.own is not None and self.own.name == tenancy.tenant:
            return OWN_ID
        if self.own is not None and self.by_job:
            return self.names.column((tenancy.relation,))
        return f"%({tenancy.relation}_id)s::uuid"

    def children(self, path: Path) -> SqlChildren:
        """The rows of a to-many relation."""
        return self.names.children(path)

    def beyond(self, entity: str, key: str, path: Path) -> str:
        """The value that a path leads to from the row of an entity with the id `key`."""
        tables = ApplicationTables(self.application)
        return TableNames(tables, RowById(entity, key)).column(path)


def _select(columns: str) -> str:
    return f"SELECT{columns}" if columns.startswith("\n") else f"SELECT {columns}"
