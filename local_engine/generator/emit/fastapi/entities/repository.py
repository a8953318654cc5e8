"""`repository.py` of an entity: its statements, and the functions that run them."""

from __future__ import annotations

from dataclasses import dataclass

from local_engine.generator.emit.fastapi.entities.attachments import Attachments
from local_engine.generator.emit.fastapi.entities.functions import Functions, sql_expression
from local_engine.generator.emit.fastapi.entities.links import LinkFunctions
from local_engine.generator.emit.fastapi.entities.lists import list_query
from local_engine.generator.emit.fastapi.entities.reading import Reading, linked_from
from local_engine.generator.emit.fastapi.entities.rules import EntityRules
from local_engine.generator.emit.fastapi.entities.statements import Sql
from local_engine.generator.emit.fastapi.entities.writing import Writing
from local_engine.generator.emit.python import Dictionary, Module, Name, const, mapping, subscript


@dataclass(frozen=True)
class Repository(Functions):
    """Builds the module."""

    @property
    def module_name(self) -> str:
        """The dotted name of the module."""
        return f"{self.plan.resource.package}.repository"

    def module(self) -> Module:
        """The module: statements first, then the functions."""
        words = self.plan.resource.plural_words
        title = f"{words[:1].upper()}{words[1:]}"
        module = Module(
            self.module_name, f"{title} in the database. Access is part of every statement."
        )
        self._add_statements(module)
        reading = Reading(self.plan)
        for part in (reading, Writing(self.plan), Attachments(self.plan), LinkFunctions(self.plan)):
            for function in part.functions():
                module.define(function)
        module.define(reading.reload())
        return module

    def _add_statements(self, module: Module) -> None:
        statements, plan = self.statements, self.plan

        def add(name: str, sql: Sql) -> None:
            module.assign(name, sql_expression(sql))

        add("DOCUMENT", statements.document())
        if "read" in plan.actions or plan.below_readable:
            add("READ", statements.read())
        add("RELOAD", statements.reload())
        if plan.nested:
            add("REACHABLE", statements.reachable())
        if "create" in plan.actions or "update" in plan.actions:
            self._add_column_statements(module)
        if "create" in plan.actions:
            self._add_create_statements(module)
        if plan.locks_for_update:
            self._add_update_statements(module)
        if "delete" in plan.actions:
            add("LOCK_FOR_DELETE", statements.lock("delete", "DELETABLE"))
            module.assign("DELETE", const(f"DELETE FROM {plan.resource.table} WHERE id = %(id)s"))
        changes = plan.locks_for_update or "delete" in plan.actions
        if changes and EntityRules(plan).editable:
            add("EDITABLE", statements.editable())
        for part in (Attachments(plan), LinkFunctions(plan)):
            for name, sql in part.constants():
                add(name, sql)
        if plan.has_list or plan.fed or any(True for _ in linked_from(plan)):
            module.assign("LIST", list_query(plan))

    def _add_column_statements(self, module: Module) -> None:
        plan = self.plan
        columns = [(const(member.attribute), const(member.column)) for member in plan.members]
        comment = "What clients may send, and its columns."
        kind = None if columns else subscript("dict", "str", "str")
        module.assign("COLUMNS", mapping(*columns), kind, comment=comment)
        if plan.references:
            entries = []
            for key, sql in self.statements.references().items():
                name = f"REFERABLE_{key.removesuffix('_id').upper()}"
                module.assign(name, sql_expression(sql))
                entries.append((const(key), Name(name)))
            comment = "Each finds the row that a reference leads to, if the actor may refer to it."
            module.assign("REFERENCES", Dictionary(tuple(entries)), comment=comment)

    def _add_create_statements(self, module: Module) -> None:
        statements, plan = self.statements, self.plan

        def add(name: str, sql: Sql) -> None:
            module.assign(name, sql_expression(sql))

        if plan.resource.parent is not None:
            add("LOCK_PARENT", statements.lock_parent())
        if plan.guarded_members:
            add("MAY_SEND_NEW", statements.may_send(new=True))
        if plan.access.creatable is not None:
            add("MAY_CREATE", statements.may_create())
        rules = EntityRules(plan)
        if rules.parents_editable:
            add("PARENT_EDITABLE", statements.parent_editable())
        if plan.entity.upsert and rules.parents_editable < len(rules.editable):
            add("EXISTING_EDITABLE", statements.existing_editable())
        add("INSERT", statements.insert())
        members = plan.entity.members
        if members is not None and members.creator_role is not None:
            add("INSERT_FIRST_MEMBER", statements.first_member())

    def _add_update_statements(self, module: Module) -> None:
        statements, plan = self.statements, self.plan
        lock = statements.lock("update", "UPDATABLE")
        module.assign("LOCK_FOR_UPDATE", sql_expression(lock))
        if "update" not in plan.actions:
            return
        if statements.stored():
            module.assign("STORED", sql_expression(statements.read_stored()))
        if plan.changeable_guarded:
            module.assign("MAY_SEND", sql_expression(statements.may_send(new=False)))
