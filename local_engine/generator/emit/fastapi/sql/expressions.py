"""Expressions of the Blueprint in the statements of the service."""

from __future__ import annotations

from collections.abc import Mapping

from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.expressions.sql_text import Level
from local_engine.generator.blueprint.expressions.table_names import Root
from local_engine.generator.blueprint.expressions.to_sql import Compiler
from local_engine.generator.emit.fastapi.sql.rows import Row


def condition_sql(expression: Expression, row: Row, roots: Mapping[str, Root] | None = None) -> str:
    """A condition over a row, in brackets unless it can stand beside AND and OR as it is."""
    row.note(expression.paths())
    return Compiler(row.names(roots)).sql(expression.root).at(Level.NOT)


def value_sql(expression: Expression, row: Row, roots: Mapping[str, Root] | None = None) -> str:
    """A value that can stand anywhere, in brackets unless it is a name or a call."""
    row.note(expression.paths())
    return Compiler(row.names(roots)).sql(expression.root).at(Level.PRIMARY)
