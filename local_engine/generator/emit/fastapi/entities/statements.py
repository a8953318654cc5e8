"""The SQL of an entity's repository, one constant a statement.

Statements are f-strings over the conditions of the entity's `access` module and over one another.
Parameters: `%(id)s` is the row, the path's parameters are where it is, `%(actor)s` and
`%(roles)s` are who asks, `%(row.<column>)s` are values of a row that is about to be written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from local_engine.generator.blueprint.resolved import USER, Access, ToOne
from local_engine.generator.emit.fastapi.entities.access import AccessRules
from local_engine.generator.emit.fastapi.entities.events import Events
from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.fastapi.entities.rules import EntityRules
from local_engine.generator.emit.fastapi.entities.schemas import Member
from local_engine.generator.emit.fastapi.sql.access import (
    admits,
    admits_at_creation,
    member_conditions,
    referable_user,
)
from local_engine.generator.emit.fastapi.sql.documents import document_sql, uses_files
from local_engine.generator.emit.fastapi.sql.expressions import condition_sql
from local_engine.generator.emit.fastapi.sql.rows import Row
from local_engine.generator.emit.fastapi.sql.text import (
    LINE,
    any_of,
    in_f_string,
    indented,
    wrapped,
)
from local_engine.generator.emit.python import Symbol
from local_engine.generator.emit.relational.column_types import column_type
from local_engine.generator.emit.relational.names import column_of, literal, quote, relation_column


@dataclass(frozen=True)
class Sql:
    """The text of a statement; `symbols` are the names in its braces from other modules."""

    text: str
    symbols: dict[str, Symbol] = field(default_factory=dict)

    @property
    def formatted(self) -> bool:
        """Whether it is an f-string: whether a single brace is in it."""
        return bool(self.symbols) or "{" in self.text.replace("{{", "")

    @property
    def written(self) -> str:
        """The text as it stands in the string; braces are doubled in an f-string alone."""
        if self.formatted:
            return self.text
        return self.text.replace("{{", "{").replace("}}", "}")


def block(*lines: str) -> str:
    """Lines of a statement as they stand between triple quotes."""
    return "\n" + indented("\n".join(lines)) + "\n"


@dataclass(frozen=True)
class Statements:
    """Builds the statements of one entity."""

    plan: Plan

    @property
    def own_access(self) -> dict[str, Symbol]:
        """The entity's own conditions, for the braces of a statement."""
        return {"access": Symbol(self.plan.resource.package, "access")}

    @property
    def _table(self) -> str:
        return self.plan.resource.table

    @property
    def _where(self) -> str:
        """The condition for one row at its place that the actor may read."""
        within = "{access.WITHIN} AND " if self.plan.nested else ""
        return f"WHERE {within}{self._table}.id = %(id)s AND {{access.READABLE}}"

    def document(self) -> Sql:
        """The row as JSON."""
        symbols: dict[str, Symbol] = {}
        if uses_files(self.plan.entity):
            symbols["FILE_DOCUMENT"] = Symbol("app.core.files", "FILE_DOCUMENT")
        return Sql(document_sql(self.plan.row), symbols)

    def read(self) -> Sql:
        """One row that the actor may read."""
        select = f"SELECT {{DOCUMENT}}::text, {self._table}.version"
        return Sql(block(select, "{access.SOURCE}", self._where), self.own_access)

    def reload(self) -> Sql:
        """A row that the transaction has written."""
        select = f"SELECT {{DOCUMENT}}::text, {self._table}.version"
        return Sql(block(select, f"FROM {self._table}", f"WHERE {self._table}.id = %(id)s"))

    def lock(self, action: str, constant: str) -> Sql:
        """Locks a row for an action; its last column tells whether the actor may perform it."""
        select = f"SELECT {self._table}.version, {{access.{constant}}} AS allowed"
        strength = "UPDATE" if action == "delete" else "NO KEY UPDATE"
        locked = ", ".join([self._table, *self._watched_parents()])
        lock = f"FOR {strength} OF {locked}"
        return Sql(block(select, "{access.SOURCE}", self._where, lock), self.own_access)

    def _watched_parents(self) -> Iterator[str]:
        """The tables of parents that decide whether the row may be changed now."""
        rules = self.plan.access.parent
        while rules is not None:
            if any(True for _ in rules.editable_while()):
                yield rules.resource.table
            rules = rules.parent

    def reachable(self) -> Sql:
        """Finds the tenant or parent that the path names, if it is there for the actor."""
        step = self.plan.resource.steps[-1]
        above = self.plan.plan_of(step.resource.name)
        table = above.resource.table
        if step is self.plan.resource.tenant:
            condition = in_f_string(self._tenant_member(above))
            return Sql(
                block(
                    "SELECT 1",
                    f"FROM {table}",
                    f"WHERE {table}.id = %({step.parameter})s",
                    indented(f"AND {condition}", 2),
                )
            )
        return Sql(
            block("SELECT 1", *self._at_parent(above, step.parameter)), self._parents_access(above)
        )

    def _tenant_member(self, tenant: Plan) -> str:
        return any_of(member_conditions(tenant.row, (), tenant.entity, [None]))

    def access_of(self, plan: Plan) -> Symbol:
        """The access module of an entity as this module knows it."""
        own = plan.resource is self.plan.resource
        return self.own_access["access"] if own else plan.access.symbol

    def _parents_access(self, above: Plan) -> dict[str, Symbol]:
        symbol = above.access.symbol
        return {symbol.bare: symbol}

    def _at_parent(self, above: Plan, parameter: str) -> list[str]:
        name, table = above.access.symbol.bare, above.resource.table
        within = f"{{{name}.WITHIN}} AND " if above.nested else ""
        return [
            f"{{{name}.SOURCE}}",
            f"WHERE {within}{table}.id = %({parameter})s AND {{{name}.READABLE}}",
        ]

    def lock_parent(self) -> Sql:
        """Locks the row that a new part goes to; its last column tells whether it may be made."""
        step = self.plan.resource.parent
        assert step is not None
        above = self.plan.plan_of(step.resource.name)
        name = above.access.symbol.bare
        through = self.plan.access.through_parent("create")
        allowed = f"{{{name}.UPDATABLE}}" if through else "true"
        lines = [f"SELECT {allowed} AS allowed", *self._at_parent(above, step.parameter)]
        lines.append(f"FOR NO KEY UPDATE OF {above.resource.table}")
        return Sql(block(*lines), self._parents_access(above))

    def insert(self) -> Sql:
        """A new row; its parameters are its columns."""
        values = dict(self._insert_values())
        columns = _bracketed(f"INSERT INTO {self._table}", [quote(column) for column in values])
        sources = _bracketed("VALUES", list(values.values()))
        lines = [columns, sources]
        if self.plan.entity.upsert:
            lines += self._replacement(values)
            before = [f"OLD.{quote(column)}" for column in Events(self.plan).compared]
            lines.append(f"RETURNING {wrapped(['id', 'OLD.id IS NULL', *before], 10)}")
        else:
            lines.append("RETURNING id")
        return Sql(block(*lines))

    def _insert_values(self) -> Iterator[tuple[str, str]]:
        """The columns of a new row with the SQL of their values."""
        resource, entity = self.plan.resource, self.plan.entity
        given = [step.column for step in (resource.tenant, resource.parent) if step is not None]
        if entity.owner is not None:
            given.append(relation_column(entity.owner))
        given += [member.column for member in self.plan.members]
        for column in given:
            yield column, f"%({column})s"
        for copy in entity.fields.values():
            if copy.copied_from is not None:
                yield copy.name, self._copied(copy.copied_from)

    def _replacement(self, values: dict[str, str]) -> Iterator[str]:
        """What happens to the row that agrees with the new one in the names of `upsert`."""
        entity = self.plan.entity
        keys = [column_of(entity, name) for name in entity.upsert]
        resource = self.plan.resource
        if resource.tenant is not None and resource.tenant.column not in keys:
            keys.insert(0, resource.tenant.column)
        guarded = {member.column for member in self.plan.guarded_members}
        kept = {*keys, *(step.column for step in (resource.tenant, resource.parent) if step)}
        if entity.owner is not None:
            kept.add(relation_column(entity.owner))
        changes = []
        for column in values:
            if column in kept:
                continue
            new, own = f"excluded.{quote(column)}", f"{self._table}.{quote(column)}"
            given = f"%(given.{column})s"
            source = f"CASE WHEN {given} THEN {new} ELSE {own} END" if column in guarded else new
            changes.append(f"{quote(column)} = {source}")
        first = quote(keys[0])
        changes = changes or [f"{first} = excluded.{first}"]
        yield f"ON CONFLICT ({', '.join(map(quote, keys))}) DO UPDATE"
        yield f"SET {wrapped(changes, 4)}"
        if entity.owner is not None:
            column = quote(relation_column(entity.owner))
            yield f"WHERE {self._table}.{column} = excluded.{column}"

    def _copied(self, path: tuple[str, ...]) -> str:
        """The value at a path of the new row, whose references are parameters."""
        relation = self.plan.entity.to_one[path[0]]
        key = f"%({relation_column(path[0])})s"
        return self.plan.row.beyond(relation.to, key, path[1:])

    def first_member(self) -> Sql:
        """Makes the creator of a tenant its first member."""
        members = self.plan.entity.members
        assert members is not None
        through = self.plan.plan_of(members.through).entity
        columns = [
            column_of(through, name) for name in (members.place_relation, members.user_relation)
        ]
        values = ["%(place)s", "%(actor)s"]
        if members.role_field is not None and members.creator_role is not None:
            columns.append(column_of(through, members.role_field))
            values.append(literal(members.creator_role))
        head = _bracketed(f"INSERT INTO {quote(through.table)}", [quote(c) for c in columns])
        return Sql(block(head, f"VALUES ({', '.join(values)})"))

    def candidate(self, row: Row) -> str:
        """A row that is about to be written, with those columns that `row` was asked for."""
        types = {member.column: self._type(member) for member in self.plan.members}
        columns = [
            f"%(row.{column})s::{types.get(column, 'uuid')} AS {quote(column)}"
            for column in row.columns
            if column != "id"
        ]
        items = wrapped(columns or ["NULL"], 8)
        return f"FROM (SELECT {items}) AS {self._table}"

    def _type(self, member: Member) -> str:
        if member.field is None:
            return "uuid"
        return column_type(member.field, self.plan.application.currency_digits)

    def may_create(self) -> Sql:
        """Whether the actor may create the row, as far as the row decides."""
        row = self.plan.row
        admits_at_creation(self.plan.entity.access["create"], row)
        source = in_f_string(self._candidate_source(row))
        return Sql(block("SELECT {access.CREATABLE}", source), self.own_access)

    def _candidate_source(self, row: Row) -> str:
        """The candidate, joined with its parents."""
        joins = self.plan.access.source.removeprefix(f"FROM {self._table}")
        if joins and self.plan.resource.parent is not None:
            row.columns[self.plan.resource.parent.column] = None
        return self.candidate(row) + joins

    def may_send(self, *, new: bool) -> Sql:
        """For each member that only some may send: whether the actor is one of them."""
        row = self.plan.row
        items = []
        for member in self.plan.guarded_members if new else self.plan.changeable_guarded:
            part = member.field or member.relation
            access = part.editable_by if part is not None else None
            items.append(f"{admits(access or Access(), row)} AS {quote(member.column)}")
        if new:
            source = self._candidate_source(row)
        else:
            source = f"{self.plan.access.source}\nWHERE {self._table}.id = %(id)s"
        return Sql(block(f"SELECT {wrapped(items, 7)}", source))

    def editable(self) -> Sql:
        """The rules that must hold while the row is written."""
        return self._editable(self.plan.access, f"{self._table}.id = %(id)s")

    def parent_editable(self) -> Sql:
        """The rules that must hold at the parent while a part is made."""
        step, rules = self.plan.resource.parent, self.plan.access.parent
        assert step is not None
        assert rules is not None
        return self._editable(rules, f"{rules.resource.table}.id = %({step.parameter})s")

    def existing_editable(self) -> Sql:
        """The rules that must hold for the row that a new one would replace."""
        entity = self.plan.entity
        columns = [column_of(entity, name) for name in entity.upsert]
        where = " AND ".join(f"{self._table}.{quote(c)} = %({c})s" for c in columns)
        return self._editable(self.plan.access, f"{where}\nFOR UPDATE OF {self._table}")

    def _editable(self, rules: AccessRules, where: str) -> Sql:
        items = wrapped([condition for _, condition in rules.editable_while()], 7)
        return Sql(block(f"SELECT {items}", rules.source, f"WHERE {where}"))

    def stored(self) -> tuple[str, ...]:
        """The columns of a stored row that a change of it is checked together with."""
        rules = EntityRules(self.plan)
        found = dict.fromkeys(rules.columns if rules.checks("update") else ())
        for member in self.plan.changeable_references:
            if member.relation is not None and member.relation.same is not None:
                found[self._first_column(member.relation.same)] = None
        for reference, columns in self.compared().items():
            found.update(dict.fromkeys((reference, *columns)))
        return tuple(found)

    def read_stored(self) -> Sql:
        """Reads those columns."""
        items = wrapped([quote(column) for column in self.stored()], 7)
        return Sql(block(f"SELECT {items}", f"FROM {self._table}", "WHERE id = %(id)s"))

    def compared(self) -> dict[str, tuple[str, ...]]:
        """References that must agree with a value of the row that may change: that value."""
        changeable = {member.column for member in self.plan.schemas.changeable}
        found: dict[str, tuple[str, ...]] = {}
        for member in self.plan.references:
            if member.relation is not None and member.relation.same is not None:
                column = self._first_column(member.relation.same)
                if column in changeable:
                    found[member.column] = (column,)
        return found

    def _first_column(self, path: tuple[str, ...]) -> str:
        return column_of(self.plan.entity, path[0])

    def references(self) -> dict[str, Sql]:
        """For each reference: finds and locks the row referred to, if the actor may refer to it."""
        return {
            member.key: self._reference(member.relation)
            for member in self.plan.references
            if member.relation is not None
        }

    def _reference(self, relation: ToOne) -> Sql:
        target = self.plan.plan_of(relation.to)
        row = target.row
        conditions = [f"{row.id} = %(row.{relation_column(relation.name)})s"]
        symbols: dict[str, Symbol] = {}
        if relation.to == USER:
            source = row.source
            conditions += map(in_f_string, referable_user(row, self.plan.entity))
        else:
            symbol = self.access_of(target)
            symbols[symbol.bare] = symbol
            source = f"{{{symbol.bare}.SOURCE}}"
            tenant = target.resource.tenant
            if tenant is not None and self.plan.resource.tenant is not None:
                conditions.append(f"{row.alias}.{quote(tenant.column)} = %({tenant.parameter})s")
            conditions.append(f"{{{symbol.bare}.READABLE}}")
        if relation.same is not None:
            conditions.append(f"{row.path(relation.same)} = {self._own_path(relation.same)}")
        if relation.where is not None:
            conditions.append(in_f_string(condition_sql(relation.where, row)))
        where = "\n  AND ".join(conditions)
        lines = ("SELECT 1", source, f"WHERE {where}", f"FOR KEY SHARE OF {target.resource.table}")
        return Sql(block(*lines), symbols)

    def _own_path(self, path: tuple[str, ...]) -> str:
        """The value at a path of the row that is about to be written."""
        name, *rest = path
        if name not in self.plan.entity.to_one:
            return f"%(row.{name})s"
        key = f"%(row.{relation_column(name)})s"
        return self.plan.row.beyond(self.plan.entity.to_one[name].to, key, tuple(rest))


def _bracketed(head: str, items: list[str]) -> str:
    """`head (items)`, on several lines where it does not fit on one."""
    line = f"{head} ({', '.join(items)})"
    if len(line) <= LINE:
        return line
    return f"{head} (\n    {wrapped(items, 4)}\n)"
