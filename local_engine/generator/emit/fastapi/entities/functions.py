"""What the builders of an entity's modules share: names, parameters, calls of helpers."""

from __future__ import annotations

from dataclasses import dataclass

from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.fastapi.entities.statements import Sql, Statements
from local_engine.generator.emit.python import (
    Dictionary,
    Evaluate,
    Expression,
    Formatted,
    Function,
    Name,
    Operand,
    Parameter,
    Prefixed,
    Statement,
    TextBlock,
    attribute,
    await_,
    call,
    const,
    imported,
    parameter,
)

DB = "app.core.db"
GUARDS = "app.rows.guards"
COLUMNS = "app.rows.columns"
UUID = imported("uuid", "UUID")
CONNECTION = parameter("connection", imported(DB, "Connection"))
DATABASE = parameter("database", imported(DB, "Database"))
ACTOR = parameter("actor", imported("app.core.actor", "Actor"))
PAGE = parameter("page", imported("app.core.pagination", "Page"))
DOCUMENT = imported("app.core.documents", "Document")


def sql_expression(sql: Sql) -> TextBlock:
    """A statement as a string of the module."""
    return TextBlock(sql.written, sql.formatted, sql.symbols)


def guard(name: str, *arguments: Operand) -> Prefixed:
    """`await` a function of `app.rows.guards`."""
    return await_(call(imported(GUARDS, name), *arguments))


def guarded(name: str, *arguments: Operand) -> Statement:
    """A call of a function of `app.rows.guards` that only refuses."""
    return Evaluate(guard(name, *arguments))


@dataclass(frozen=True)
class Functions:
    """Builds functions of an entity's repository."""

    plan: Plan

    @property
    def statements(self) -> Statements:
        """The SQL."""
        return Statements(self.plan)

    @property
    def access(self) -> Expression:
        """The module with the conditions."""
        return imported(self.plan.resource.package, "access")

    def keys(self, *, own: bool) -> tuple[Parameter, ...]:
        """The parameters for the ids of the path, with `own` also the row's own."""
        names = [*self.plan.keys, *([self.plan.resource.key] if own else [])]
        return tuple(parameter(name, UUID) for name in names)

    def parameters(self, *, own: bool, **further: Operand) -> Expression:
        """The parameters of a statement: who asks, where, and (with `own`) which row."""
        entries: list[tuple[Expression | None, Expression]] = [
            (None, attribute("actor", "parameters"))
        ]
        for step in self.plan.resource.steps:
            entries.append((const(step.parameter), Name(step.resource.key)))
        if own:
            entries.append((const("id"), Name(self.plan.resource.key)))
        for name, value in further.items():
            entries.append((const(name), Name(value) if isinstance(value, str) else value))
        if len(entries) == 1:
            return attribute("actor", "parameters")
        return Dictionary(tuple(entries))

    def within(self, condition: str) -> Expression:
        """A condition of the access module, together with the place that the path names."""
        if not self.plan.nested:
            return attribute(self.access, condition)
        return Formatted(
            (attribute(self.access, "WITHIN"), " AND ", attribute(self.access, condition))
        )

    def function(
        self,
        name: str,
        parameters: tuple[Parameter, ...],
        returns: Operand,
        docstring: str,
        *body: Statement,
    ) -> Function:
        """An asynchronous function of the module."""
        kind = Name(returns) if isinstance(returns, str) else returns
        return Function(name, parameters, kind, body, docstring, is_async=True)
