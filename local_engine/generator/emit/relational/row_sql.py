"""Expressions over one row as SQL: in constraints, in triggers, in queries."""

from __future__ import annotations

from dataclasses import dataclass

from local_engine.generator.blueprint.expressions import Expression, round_to
from local_engine.generator.blueprint.expressions.expression import Path
from local_engine.generator.blueprint.expressions.sql_names import SqlChildren, SqlNames
from local_engine.generator.blueprint.expressions.table_names import RowOf, TableNames
from local_engine.generator.blueprint.expressions.to_sql import to_sql
from local_engine.generator.blueprint.expressions.types import TextType, Type
from local_engine.generator.blueprint.resolved import Application, Entity, Field
from local_engine.generator.emit.relational.column_types import places_of
from local_engine.generator.emit.relational.keywords import RESERVED
from local_engine.generator.emit.relational.names import column_of, quote
from local_engine.generator.emit.relational.tables import ApplicationTables

VARIABLES = ("NEW", "OLD")
"""The rows of a trigger."""
_NO_ALIAS = RESERVED | {"new", "old"}


def sql_of(application: Application, entity: Entity, expression: Expression, row: str = "") -> str:
    """An expression over a row of the entity in SQL.

    `row` is the row's alias, NEW or OLD; without it only the row's own columns are in sight, as
    in a constraint, and the expression must read nothing else (KeyError).
    """
    return to_sql(expression, _names(application, entity, row))


def path_sql(application: Application, entity: Entity, path: Path, row: str) -> str:
    """The value of a path that begins at the row `row` (an alias, NEW or OLD) of the entity."""
    return _names(application, entity, row).column(path)


def reached_sql(
    application: Application, entity: Entity, expression: Expression, relation: str, row: str
) -> str:
    """An expression over the entity that reads only beyond `relation`, seen from there.

    `row` is what the row that the relation leads to is called.
    """
    target = RowOf(entity.to_one[relation].to, row, variable=row in VARIABLES)
    tables = ApplicationTables(application)
    names = TableNames(
        tables, roots={relation: target}, parameters=False, taken=frozenset(_NO_ALIAS)
    )
    return to_sql(expression, names)


def _names(application: Application, entity: Entity, row: str) -> SqlNames:
    if not row:
        return OwnColumns(application, entity)
    own = RowOf(entity.name, row, variable=row in VARIABLES)
    tables = ApplicationTables(application)
    return TableNames(tables, own, parameters=False, taken=frozenset(_NO_ALIAS))


def computed_sql(application: Application, entity: Entity, field: Field) -> str:
    """The value of a computed field from columns that are not computed themselves."""
    assert field.computed is not None, "only computed fields have an expression"
    places = places_of(field, application.currency_digits)
    expression = field.computed if places is None else round_to(field.computed, places)
    return to_sql(expression, OwnColumns(application, entity, inline=True))


@dataclass(frozen=True)
class OwnColumns:
    """The row's own columns by their bare names; see `SqlNames`.

    With `inline`, computed fields are worked out in place: a generated column cannot refer to
    another one.
    """

    application: Application
    entity: Entity
    inline: bool = False
    parameters: bool = False
    now: str = "now()"

    def column(self, path: Path) -> str:
        """The column of a field or relation. Raises KeyError for what is not in this table."""
        if len(path) != 1:
            raise KeyError(f"{'.'.join(path)} is not in the table of {self.entity.name}")
        field = self.entity.fields.get(path[0])
        if self.inline and field is not None and field.computed is not None:
            return f"({computed_sql(self.application, self.entity, field)})"
        return quote(column_of(self.entity, path[0]))

    def is_parameter(self, path: Path) -> bool:
        """Columns never are."""
        del path
        return False

    def children(self, path: Path) -> SqlChildren:
        """There are none in sight."""
        raise KeyError(f"{'.'.join(path)} is not in the table of {self.entity.name}")

    def contains(self, path: Path, item: str, type_: Type) -> str:
        """Whether a list column has the item."""
        operator = f"? {item}" if isinstance(type_, TextType) else f"@> to_jsonb({item})"
        return f"{self.column(path)} {operator}"
