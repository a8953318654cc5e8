"""`access.py` of an entity: who may do what, as conditions in SQL, one constant an action."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from local_engine.generator.blueprint.resolved import Access, Application, EditableWhile
from local_engine.generator.emit.fastapi.resources import Resource
from local_engine.generator.emit.fastapi.sql.access import (
    admits,
    admits_at_creation,
    readable,
    tenant_condition,
)
from local_engine.generator.emit.fastapi.sql.expressions import condition_sql
from local_engine.generator.emit.fastapi.sql.rows import Row
from local_engine.generator.emit.fastapi.sql.text import (
    TRUE,
    all_of,
    placeholder,
)
from local_engine.generator.emit.python import (
    Constant,
    Expression,
    Import,
    Module,
    Name,
    Symbol,
    TextBlock,
    attribute,
)
from local_engine.generator.emit.relational.names import quote

_LINE = 80
ACTION_CONSTANTS = {
    "list": "LISTED",
    "read": "READABLE",
    "update": "UPDATABLE",
    "delete": "DELETABLE",
}


@dataclass(frozen=True)
class Condition:
    """A constant of the module: its SQL; `inherited` if it is that of the parent's module."""

    name: str
    sql: str
    comment: str
    inherited: str | None = None


@dataclass(frozen=True)
class AccessRules:
    """The conditions of one entity, and the module that they are written to."""

    application: Application
    resource: Resource

    @property
    def module_name(self) -> str:
        """The dotted name of the module."""
        return f"{self.resource.package}.access"

    @property
    def symbol(self) -> Symbol:
        """The module for other packages, under the name of the table."""
        return Symbol(self.resource.package, "access", self.resource.package.rpartition(".")[2])

    @cached_property
    def parent(self) -> AccessRules | None:
        """The rules of the row that this is a part of."""
        step = self.resource.parent
        return None if step is None else AccessRules(self.application, step.resource)

    @property
    def row(self) -> Row:
        """The row that the conditions are about."""
        return Row.of(self.application, self.resource.entity)

    @cached_property
    def source(self) -> str:
        """The FROM clause: the entity's table, joined with those of its parents."""
        joined = f"FROM {self.resource.table}"
        resource = self.resource
        while resource.parent is not None:
            parent, column = resource.parent.resource, quote(resource.parent.column)
            joined += f" JOIN {parent.table} ON {parent.table}.id = {resource.table}.{column}"
            resource = parent
        return joined

    @cached_property
    def within(self) -> str:
        """The condition that the row is where the path says; true for one without such a place."""
        conditions: list[str] = []
        resource = self.resource
        while resource.parent is not None:
            step = resource.parent
            column = f"{resource.table}.{quote(step.column)}"
            conditions.append(f"{column} = {placeholder(step.parameter)}")
            resource = step.resource
        if self.resource.tenant is not None:
            step = self.resource.tenant
            column = f"{self.resource.table}.{quote(step.column)}"
            conditions.insert(0, f"{column} = {placeholder(step.parameter)}")
        return " AND ".join(conditions) or TRUE

    def effective(self, action: str) -> Access:
        """The clauses that decide an action; a part that says nothing has its parent's."""
        if self.through_parent(action):
            assert self.parent is not None
            return self.parent.effective("read" if action in ("list", "read") else "update")
        return self.resource.entity.access[action]

    def through_parent(self, action: str) -> bool:
        """Whether the parent's access decides an action."""
        entity = self.resource.entity
        reads = action in ("list", "read")
        return entity.reads_through_parent if reads else entity.writes_through_parent

    @property
    def readable(self) -> str:
        """The row may be read; for a part, on the row joined with its parents."""
        above = None if self.parent is None else self.parent.readable
        return readable(self.row, above)

    @property
    def listed(self) -> str:
        """The row is shown in lists."""
        if self.through_parent("list"):
            return self.readable
        return all_of((self.readable, admits(self.effective("list"), self.row)))

    def allowed(self, action: str) -> str:
        """The action on a row that may be read is allowed."""
        if self.through_parent(action):
            assert self.parent is not None
            return self.parent.allowed("update")
        return admits(self.effective(action), self.row)

    @property
    def creatable(self) -> str | None:
        """The new row may be created, as far as the row itself decides; None if it does not."""
        access = self.resource.entity.access["create"]
        if self.through_parent("create") or not any(c.row_level for c in access.clauses):
            return None
        condition = admits_at_creation(access, self.row)
        return None if condition == TRUE else condition

    @property
    def member(self) -> str | None:
        """The actor is a member of the row's tenant; None where there is no tenancy."""
        return None if self.resource.tenant is None else tenant_condition(self.row)

    def editable_while(self) -> Iterator[tuple[EditableWhile, str]]:
        """The rules that must hold while the row is changed, with their conditions."""
        for rule in self.resource.entity.rules:
            if isinstance(rule, EditableWhile):
                yield rule, condition_sql(rule.expression, self.row)
        if self.parent is not None:
            yield from self.parent.editable_while()

    def conditions(self) -> Iterator[Condition]:
        """The constants of the module."""
        entity = self.resource.entity
        yield self._inherited("read", "READABLE", self.readable, "READABLE")
        if not entity.access["list"].nobody or entity.reads_through_parent:
            yield self._inherited("list", "LISTED", self.listed, "READABLE")
        for action in ("update", "delete"):
            if not entity.access[action].nobody:
                name = ACTION_CONSTANTS[action]
                yield self._inherited(action, name, self.allowed(action), "UPDATABLE")
        creatable = self.creatable
        if creatable is not None:
            yield Condition("CREATABLE", creatable, f"create: {_written(entity.access['create'])}")

    def _inherited(self, action: str, name: str, sql: str, parents: str) -> Condition:
        if self.through_parent(action):
            assert self.resource.parent is not None
            word = "read" if action in ("list", "read") else "change"
            comment = f"{action}: who may {word} the {self.resource.parent.resource.words}"
            return Condition(name, sql, comment, parents)
        return Condition(name, sql, f"{action}: {_written(self.resource.entity.access[action])}")

    def module(self) -> Module:
        """The module."""
        module = Module(self.module_name, self._docstring())
        module.assign("SOURCE", string(self.source))
        if self.within != TRUE:
            module.assign("WITHIN", string(self.within))
        written: dict[str, str] = {}
        for condition in self.conditions():
            value = self._value(condition, written)
            module.assign(condition.name, value, comment=condition.comment)
            written.setdefault(condition.sql, condition.name)
        return module

    def _value(self, condition: Condition, written: Mapping[str, str]) -> Expression:
        """The parent's constant, an equal one that stands above, or SQL."""
        if condition.inherited is not None and self.parent is not None:
            return attribute(Import(self.parent.symbol), condition.inherited)
        value = string(condition.sql)
        equal = written.get(condition.sql)
        # A line is read faster than looked up; but a list shows what may be read, short or long.
        if equal and (isinstance(value, TextBlock) or condition.name == "LISTED"):
            return Name(equal)
        return value

    def _docstring(self) -> str:
        return (
            f"Who may do what with {self.resource.a_row}, as conditions in SQL.\n\n"
            f"The row is `{self.resource.entity.table}` in a statement with SOURCE. %(actor)s is "
            "the signed-in user's id (null for\nnobody), %(roles)s are the user's roles."
        )


def _written(access: Access) -> str:
    return ", ".join(clause.written for clause in access.clauses) or "nobody"


def string(sql: str) -> Constant | TextBlock:
    """A constant with SQL: on one line where it fits."""
    if "\n" not in sql and len(sql) <= _LINE:
        return Constant(sql)
    return TextBlock(sql)
