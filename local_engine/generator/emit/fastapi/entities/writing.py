"""Functions of a repository that write a row: create, change, delete, and their locks.

The order within them is that of docs/blueprint.md §3: references and rules on the input (422),
access that hangs on the row (403), then what is stored (409).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from local_engine.generator.blueprint.resolved import ExpressionDefault, SlugDefault
from local_engine.generator.emit.fastapi.application.rules import rule_call
from local_engine.generator.emit.fastapi.entities.annotations import attribute_name
from local_engine.generator.emit.fastapi.entities.events import Events
from local_engine.generator.emit.fastapi.entities.functions import (
    ACTOR,
    COLUMNS,
    CONNECTION,
    DB,
    DOCUMENT,
    GUARDS,
    UUID,
    Functions,
    guard,
    guarded,
)
from local_engine.generator.emit.fastapi.entities.rules import EntityRules, compiled
from local_engine.generator.emit.fastapi.entities.schemas import Member
from local_engine.generator.emit.python import (
    NONE,
    Conditional,
    Dictionary,
    Evaluate,
    Expression,
    Formatted,
    Function,
    If,
    Infix,
    Name,
    Return,
    Sequence,
    Statement,
    assign,
    attribute,
    await_,
    call,
    const,
    imported,
    mapping,
    parameter,
    subscript,
    union,
)
from local_engine.generator.emit.relational.names import relation_column

MEMBERS = "app.rows.members"


@dataclass(frozen=True)
class Writing(Functions):
    """Builds the functions that write."""

    @cached_property
    def rules(self) -> EntityRules:
        """The rules that are asked before the database."""
        return EntityRules(self.plan)

    def functions(self) -> Iterator[Function]:
        """All of them, in the order of the module."""
        plan = self.plan
        if "create" in plan.actions:
            if plan.resource.parent is not None:
                yield self._lock_parent()
            yield self._create()
        if plan.locks_for_update:
            yield self._lock("update", "a change")
        if "update" in plan.actions:
            yield self._update()
        if "delete" in plan.actions:
            yield self._lock("delete", "deletion")
            yield self._delete()
        if plan.writes_inside and self.rules.editable:
            yield self._require_editable()

    def _lock_parent(self) -> Function:
        step = self.plan.resource.parent
        assert step is not None
        return self.function(
            "lock_parent",
            (CONNECTION, ACTOR, *self.keys(own=False)),
            NONE,
            f"Lock the {step.resource.words} for a new {self.plan.resource.words}.\n\n"
            "Raises a 404 problem when the actor may not read it, 403 when they may not do this.",
            guarded("lock_row", "connection", "LOCK_PARENT", self.parameters(own=False)),
        )

    def _lock(self, action: str, purpose: str) -> Function:
        constant = f"LOCK_FOR_{action.upper()}"
        row = guard("lock_row", "connection", constant, self.parameters(own=True))
        return self.function(
            f"lock_for_{action}",
            (CONNECTION, ACTOR, *self.keys(own=True)),
            "int",
            f"Lock the {self.plan.resource.words} for {purpose}; returns its version.\n\n"
            "Raises a 404 problem when the actor may not read it, 403 when they may not do this.",
            assign("row", row),
            Return(call("int", subscript("row", const(0)))),
        )

    # Creation.

    def _create(self) -> Function:
        plan = self.plan
        row_id = subscript("inserted", const(0))
        reload = await_(call("reload", "connection", "actor", row_id))
        made: list[Expression] = [row_id, reload]
        kinds: list[Expression] = [UUID, DOCUMENT]
        told = "its id and document"
        if plan.entity.upsert:
            value, kind, what = self._replaced()
            made.append(value)
            kinds.append(kind)
            told += what
        values = guard("written_row", "connection", "INSERT", "row")
        if plan.entity.upsert:
            values = guard("upserted_row", "connection", "INSERT", "row", self._upsert_rule())
        return self.function(
            "create",
            (
                CONNECTION,
                ACTOR,
                *self.keys(own=False),
                parameter("new", plan.schemas.model("Create")),
            ),
            subscript("tuple", *kinds),
            f"Insert {plan.resource.a_row}; returns {told}.",
            *self._row(),
            *self._creation_checks(),
            assign("inserted", values),
            *self._founding(),
            Return(Sequence(tuple(made), "  ")),
        )

    def _replaced(self) -> tuple[Expression, Expression, str]:
        """What tells of a row that was replaced: a value, its type, and its description."""
        compared = Events(self.plan).compared
        is_new = subscript("inserted", const(1))
        if not compared:
            return call("bool", is_new), Name("bool"), ", and whether it is new"
        before = mapping(
            *(
                (const(column), subscript("inserted", const(place)))
                for place, column in enumerate(compared, 2)
            )
        )
        told = ", and what was there before"
        return Conditional(is_new, NONE, before), union(_ROW_TYPE, NONE), told

    def _upsert_rule(self) -> Expression:
        """The refusal when the row to replace is somebody else's."""
        message = f"this {self.plan.resource.words} is somebody else's"
        return rule_call(self.plan.upsert_rule, message)

    def _row(self) -> Iterator[Statement]:
        """The values of the new row, by column."""
        plan = self.plan
        if self._needs_now("create"):
            yield assign("now", guard("transaction_time", "connection"))
        entries: list[tuple[Expression | None, Expression]] = []
        for step in (plan.resource.tenant, plan.resource.parent):
            if step is not None:
                entries.append((const(step.column), Name(step.resource.key)))
        if plan.entity.owner is not None:
            column = relation_column(plan.entity.owner)
            entries.append((const(column), attribute("actor", "id")))
        if plan.members:
            entries.append((None, call(attribute("new", "values"), "COLUMNS")))
        for member in plan.members:
            worked_out = self._worked_out(member)
            if worked_out is not None:
                entries.append((const(member.column), worked_out))
        for member in plan.guarded_members:
            if plan.entity.upsert:
                entries.append((const(f"given.{member.column}"), _given(member)))
        only = entries[0][1] if len(entries) == 1 and entries[0][0] is None else None
        yield assign("row", only or Dictionary(tuple(entries)), _ROW_TYPE)
        if plan.schemas.emailed is not None:
            found = call(imported(MEMBERS, "find_member"), "connection", "row", "new")
            yield Evaluate(await_(found))

    def _worked_out(self, member: Member) -> Expression | None:
        """The value of a member whose default is no constant; None for other members."""
        default = member.field.default if member.field is not None else None
        if isinstance(default, SlugDefault):
            most = member.field.maximum if member.field is not None else None
            longest = const(most if isinstance(most, int) else 80)
            source = attribute("new", attribute_name(default.field))
            made: Expression = call(imported("app.rows.slugs", "slug_of"), source, longest)
        elif isinstance(default, ExpressionDefault):
            made = compiled(default.expression, self.plan.entity)
        else:
            return None
        return Conditional(_given(member), attribute("new", member.attribute), made)

    def _needs_now(self, action: str) -> bool:
        """Whether the time of the transaction is asked for."""
        if action == "create":
            for member in self.plan.members:
                default = member.field.default if member.field is not None else None
                if isinstance(default, ExpressionDefault) and default.expression.uses_now:
                    return True
        return self.rules.checks(action) and "now" in self.rules.arguments(action)

    def _creation_checks(self) -> Iterator[Statement]:
        plan, parent_rules = self.plan, self.rules.parents_editable
        needs_names = plan.references or plan.guarded_members or plan.access.creatable is not None
        if needs_names:
            names = call(imported(GUARDS, "row_parameters"), "row", self.parameters(own=False))
            yield assign("names", names)
        if plan.references:
            yield guarded("require_references", "connection", "REFERENCES", "names", "REFERENCES")
        if plan.guarded_members:
            given = attribute("new", "model_fields_set")
            yield guarded("require_sendable", "connection", "MAY_SEND_NEW", "names", given)
        yield from self._check("create")
        if plan.access.creatable is not None:
            yield guarded("require_allowed", "connection", "MAY_CREATE", "names")
        if plan.schemas.emailed is not None:
            yield Evaluate(call(imported(MEMBERS, "require_member"), "row", "new"))
        if parent_rules:
            rules: Expression = attribute(self._rules_module, "EDITABLE_WHILE")
            if parent_rules < len(self.rules.editable):
                rules = subscript(rules, Name(f"-{parent_rules}:"))
            yield guarded(
                "require_rules", "connection", "PARENT_EDITABLE", self.parameters(own=False), rules
            )
        if plan.entity.upsert and parent_rules < len(self.rules.editable):
            own: Expression = attribute(self._rules_module, "EDITABLE_WHILE")
            yield guarded("require_rules", "connection", "EXISTING_EDITABLE", "row", own)

    def _check(self, action: str) -> Iterator[Statement]:
        """The rules on the input alone."""
        if self.rules.checks(action):
            check = attribute(self._rules_module, self.rules.check_name(action))
            yield Evaluate(call(check, *self.rules.arguments(action)))

    @property
    def _rules_module(self) -> Expression:
        return imported(self.plan.resource.package, "rules")

    def _founding(self) -> Iterator[Statement]:
        """Whoever creates a tenant becomes its first member."""
        members = self.plan.entity.members
        if members is not None and members.creator_role is not None:
            names = mapping(
                (const("place"), subscript("inserted", const(0))),
                (None, attribute("actor", "parameters")),
            )
            yield Evaluate(
                await_(call(imported(DB, "execute"), "connection", "INSERT_FIRST_MEMBER", names))
            )

    # Changes.

    def _update(self) -> Function:
        plan, key = self.plan, self.plan.resource.key
        parameters = mapping((None, "values"), (const("id"), key))
        head = f"UPDATE {plan.resource.table} SET "
        write = (
            *self._change_checks(),
            assign(
                "sql",
                Formatted(
                    (
                        head,
                        call(imported(COLUMNS, "assignments"), "values"),
                        " WHERE id = %(id)s",
                    )
                ),
            ),
            Evaluate(await_(call(imported(DB, "execute"), "connection", "sql", parameters))),
        )
        return self.function(
            "update",
            (
                CONNECTION,
                ACTOR,
                *self.keys(own=True),
                parameter("changes", plan.schemas.model("Update")),
            ),
            DOCUMENT,
            f"Write the given fields of a locked {plan.resource.words}; returns the new document.",
            assign("values", call(attribute("changes", "given"), "COLUMNS")),
            If(Name("values"), write),
            Return(await_(call("reload", "connection", "actor", key))),
        )

    def _change_checks(self) -> Iterator[Statement]:
        plan = self.plan
        references = plan.changeable_references
        sendable = plan.changeable_guarded
        checks = self.rules.checks("update")
        stored = self.statements.stored()
        if stored:
            row = guard(
                "fetch_row", "connection", "STORED", mapping((const("id"), plan.resource.key))
            )
            yield assign("row", mapping((None, row), (None, "values")), _ROW_TYPE)
        if references:
            source = "row" if stored else "values"
            names = call(imported(GUARDS, "row_parameters"), source, self.parameters(own=True))
            yield assign("names", names)
            yield guarded(
                "require_references", "connection", "REFERENCES", "names", self._touched()
            )
        if sendable:
            yield guarded(
                "require_sendable", "connection", "MAY_SEND", self.parameters(own=True), "values"
            )
        if checks:
            if self._needs_now("update"):
                yield assign("now", guard("transaction_time", "connection"))
            yield from self._check("update")
        yield from self.editable_check()

    def _touched(self) -> Expression:
        """The references that have to be looked at after a change.

        One that is compared with another value of the row is looked at when that value changed.
        """
        pairs = self.statements.compared()
        if not pairs:
            return Name("values")
        compared = Dictionary(
            tuple(
                (const(reference), Sequence(tuple(map(const, columns)), "()"))
                for reference, columns in pairs.items()
            )
        )
        return call(imported(COLUMNS, "touched"), "values", compared)

    def editable_check(self) -> Iterator[Statement]:
        """The rules that must hold while the row is written."""
        if self.rules.editable:
            rules = attribute(self._rules_module, "EDITABLE_WHILE")
            names = mapping((const("id"), self.plan.resource.key))
            yield guarded("require_rules", "connection", "EDITABLE", names, rules)

    def _require_editable(self) -> Function:
        return self.function(
            "require_editable",
            (CONNECTION, parameter(self.plan.resource.key, UUID)),
            NONE,
            f"Raises a 409 problem unless what belongs to the {self.plan.resource.words} may be "
            "changed now.",
            *self.editable_check(),
        )

    def _delete(self) -> Function:
        plan = self.plan
        run = call(
            imported(DB, "execute"),
            "connection",
            "DELETE",
            mapping((const("id"), plan.resource.key)),
        )
        return self.function(
            "delete",
            (CONNECTION, parameter(plan.resource.key, UUID)),
            NONE,
            f"Delete a locked {plan.resource.words}.",
            *self.editable_check(),
            Evaluate(await_(run)),
        )


_ROW_TYPE = subscript("dict", "str", imported("typing", "Any"))


def _given(member: Member) -> Infix:
    """Whether the client sent a member of a new row."""
    return Infix("in", (const(member.attribute), attribute("new", "model_fields_set")))
