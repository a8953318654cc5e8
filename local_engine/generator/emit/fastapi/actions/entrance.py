"""How one comes to what is about no single row: an operation, a report, a feed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import Access, HasRole
from local_engine.generator.emit.fastapi.entities.functions import sql_expression
from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.fastapi.entities.routing import CORE_ACCESS
from local_engine.generator.emit.fastapi.entities.statements import Sql, block
from local_engine.generator.emit.fastapi.resources import Resource, Resources
from local_engine.generator.emit.fastapi.sql.access import admits, member_conditions
from local_engine.generator.emit.fastapi.sql.rows import Row
from local_engine.generator.emit.fastapi.sql.text import any_of, indented
from local_engine.generator.emit.python import (
    Dictionary,
    Evaluate,
    Expression,
    Module,
    Name,
    Operand,
    Statement,
    Symbol,
    assign,
    attribute,
    await_,
    call,
    const,
    imported,
)


def conditions_of(plan: Plan) -> Symbol:
    """An entity's conditions, under a name that stands beside that of its repository."""
    symbol = plan.access.symbol
    return Symbol(symbol.module, symbol.name, f"{symbol.bare}_access")


@dataclass(frozen=True)
class Entrance:
    """The way in: from the top, or through the tenant of the path, for whom `access` admits."""

    resources: Resources
    access: Access
    tenanted: bool

    @property
    def tenant(self) -> Resource | None:
        """The tenant of the path."""
        tenancy = self.resources.application.tenancy
        if tenancy is None or not self.tenanted:
            return None
        return self.resources[tenancy.tenant]

    @property
    def prefix(self) -> str:
        """What the path begins with."""
        return "" if self.tenant is None else self.tenant.item

    @property
    def place(self) -> dict[str, str]:
        """The path's parameters → the variables with their ids."""
        return {} if self.tenant is None else {self.tenant.id_parameter: self.tenant.key}

    @property
    def problems(self) -> tuple[int, ...]:
        """The refusals on the way in."""
        return (401, 403) if self.tenant is None else (401, 403, 404)

    @property
    def who(self) -> str:
        """Who may come in, as a sentence."""
        return f"For: {', '.join(clause.written for clause in self.access.clauses)}."

    @property
    def signing_in(self) -> dict[str, Expression]:
        """What OpenAPI says about signing in."""
        return {"access": const("optional")} if self.access.admits_anonymous else {}

    def opening(self) -> Iterator[Statement]:
        """Who asks, and the ids of the path; 401, 403 and 404."""
        yield assign("actor", call(imported(CORE_ACCESS, "authenticate"), "request"))
        if not self.access.admits_anonymous:
            yield Evaluate(call(imported(CORE_ACCESS, "require_signed_in"), "actor"))
        for text, variable in self.place.items():
            yield assign(variable, call(imported(CORE_ACCESS, "parse_id"), text))
        actors = [clause.actor for clause in self.access.clauses]
        roles = [actor.role for actor in actors if isinstance(actor, HasRole)]
        if self.tenant is None and len(roles) == len(actors):
            check = call(imported(CORE_ACCESS, "require_role"), "actor", *map(const, roles))
            yield Evaluate(check)

    def add_guard(self, module: Module) -> None:
        """The statement behind `admission`, as a constant of the module."""
        if self.tenant is not None:
            module.assign("ADMITTED", sql_expression(self._guard(self.tenant)))

    def admission(self, where: Operand) -> Iterator[Statement]:
        """The look at the tenant, in the database or connection `where`."""
        if self.tenant is not None:
            require = imported("app.rows.admission", "require_admitted")
            yield Evaluate(await_(call(require, where, "ADMITTED", self.names())))

    def _guard(self, tenant: Resource) -> Sql:
        row = Row.of(self.resources.application, tenant.entity)
        member = any_of(member_conditions(row, (), tenant.entity, [None]))
        return Sql(
            block(
                f"SELECT {admits(self.access, row)} AS allowed",
                row.source,
                f"WHERE {row.id} = %({tenant.id_parameter})s",
                indented(f"AND {member}", 2),
            )
        )

    def names(self, *spread: Operand, **further: Operand) -> Expression:
        """The parameters of a statement: who asks, where, and what else there is."""
        entries: list[tuple[Expression | None, Expression]] = [
            (None, attribute("actor", "parameters"))
        ]
        entries += [(const(key), Name(variable)) for key, variable in self.place.items()]
        entries += [(None, Name(one) if isinstance(one, str) else one) for one in spread]
        for key, value in further.items():
            entries.append((const(key), Name(value) if isinstance(value, str) else value))
        return attribute("actor", "parameters") if len(entries) == 1 else Dictionary(tuple(entries))
