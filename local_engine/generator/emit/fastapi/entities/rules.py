"""`rules.py` of an entity: rules that are looked at before the database would.

Rules on the input alone are answered before access that hangs on the row and before anything that
is stored (docs/blueprint.md §3); `editable_while` guards writing as such. Both are Python here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from local_engine.generator.blueprint.expressions import Expression as BlueprintExpression
from local_engine.generator.blueprint.expressions.python_names import PythonChildren
from local_engine.generator.blueprint.expressions.to_python import to_python
from local_engine.generator.blueprint.resolved import (
    Check,
    EditableWhile,
    Entity,
    FieldType,
    NoOverlap,
)
from local_engine.generator.emit.fastapi.application.rules import rule_call
from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.python import (
    NONE,
    Call,
    Expression,
    Function,
    If,
    Module,
    Parameter,
    Prefixed,
    Raise,
    Sequence,
    Statement,
    Symbol,
    attribute,
    call,
    imported,
    parameter,
    parse_expression,
    subscript,
)
from local_engine.generator.emit.relational.names import column_of

_SYMBOLS = (Symbol("zoneinfo", "ZoneInfo"), Symbol("app.rows.columns", "unwrapped"))
"""What the names below mention."""


@dataclass(frozen=True)
class RowNames:
    """Names of a row's fields in Python: items of the mapping `row`, by column."""

    entity: Entity
    now = "now"

    def zone(self, time_zone: str) -> str:
        """The time zone."""
        return f"ZoneInfo({time_zone!r})".replace("'", '"')

    def value(self, path: tuple[str, ...]) -> str:
        """A field or reference of the row itself."""
        (name,) = path
        item = f'row["{column_of(self.entity, name)}"]'
        field = self.entity.fields.get(name)
        if field is not None and field.type in (FieldType.LIST, FieldType.JSON):
            return f"unwrapped({item})"
        return item

    def children(self, path: tuple[str, ...], taken: frozenset[str]) -> PythonChildren:
        """Rules on the input alone read no other rows."""
        del taken
        raise ValueError(f"{'.'.join(path)} is not a field of the row")


def compiled(expression: BlueprintExpression, entity: Entity) -> Expression:
    """An expression over the mapping `row` (and the time `now`)."""
    code = to_python(expression, RowNames(entity))
    symbols = [Symbol(item.module, item.name) for item in sorted(code.imports)]
    return parse_expression(code.source, [*symbols, *_SYMBOLS])


@dataclass(frozen=True)
class InputRule:
    """A rule on the input alone: when it is asked, and the condition that must hold."""

    on_create: bool
    on_update: bool
    condition: Expression
    problem: Call
    columns: tuple[str, ...]
    uses_now: bool


@dataclass(frozen=True)
class EntityRules:
    """The rules of one entity, and the module that they are written to."""

    plan: Plan

    @property
    def module_name(self) -> str:
        """The dotted name of the module."""
        return f"{self.plan.resource.package}.rules"

    @cached_property
    def input_rules(self) -> tuple[InputRule, ...]:
        """The rules that the input alone decides."""
        return tuple(self._input_rules())

    def _input_rules(self) -> Iterator[InputRule]:
        known = {member.name for member in self.plan.members}
        entity = self.plan.entity
        for rule in entity.rules:
            if isinstance(rule, Check) and rule.status == 422:
                names = sorted({path[0] for path in rule.expression.paths()})
                if known.issuperset(names):
                    pointer = f"/{rule.field}" if rule.field else None
                    yield InputRule(
                        rule.on_create,
                        rule.on_update,
                        compiled(rule.expression, entity),
                        rule_call(rule.id, rule.message, 422, pointer),
                        tuple(column_of(entity, name) for name in names),
                        rule.expression.uses_now,
                    )
            elif isinstance(rule, NoOverlap) and known.issuperset((rule.start, rule.end)):
                yield self._in_order(rule)

    def _in_order(self, rule: NoOverlap) -> InputRule:
        names, fields = RowNames(self.plan.entity), self.plan.entity.fields
        values = {name: names.value((name,)) for name in (rule.start, rule.end)}
        guards = [f"{value} is None" for name, value in values.items() if fields[name].optional]
        condition = " or ".join([*guards, " < ".join(values.values())])
        message = f"{rule.start} must be before {rule.end}"
        problem = rule_call(rule.id, message, 422, f"/{rule.end}", "order")
        columns = (rule.start, rule.end)
        return InputRule(True, True, parse_expression(condition), problem, columns, uses_now=False)

    @cached_property
    def editable(self) -> tuple[EditableWhile, ...]:
        """The rules that must hold while the row is written, its parents' included."""
        return tuple(rule for rule, _ in self.plan.access.editable_while())

    @property
    def parents_editable(self) -> int:
        """How many of these are the parents': those that guard the making of a new part."""
        above = self.plan.access.parent
        return 0 if above is None else sum(1 for _ in above.editable_while())

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the rules on the input read."""
        found = dict.fromkeys(c for rule in self.input_rules for c in rule.columns)
        return tuple(found)

    def needed(self) -> bool:
        """Whether the entity needs the module at all."""
        return bool(self.input_rules or self.editable)

    def checks(self, action: str) -> bool:
        """Whether rules on the input are asked at creation or change."""
        return bool(self.asked(action))

    def module(self) -> Module:
        """The module."""
        words = self.plan.resource.plural_words
        module = Module(self.module_name, f"Rules on {words} that are asked before the database.")
        if self.editable:
            rules = tuple(rule_call(rule.id, rule.message) for rule in self.editable)
            module.assign("EDITABLE_WHILE", Sequence(rules, "()"))
        checked = [action for action in ("create", "update") if self.checks(action)]
        for name in dict.fromkeys(map(self.check_name, checked)):
            module.define(self._check(name))
        return module

    def check_name(self, action: str) -> str:
        """The function that asks the rules at creation or change; one if they are the same."""
        same = all(rule.on_create and rule.on_update for rule in self.input_rules)
        return "check" if same else f"check_{action}"

    def asked(self, action: str) -> list[InputRule]:
        """The rules that are asked at creation or change."""
        creating = action == "create"
        return [r for r in self.input_rules if (r.on_create if creating else r.on_update)]

    def arguments(self, action: str) -> tuple[str, ...]:
        """The arguments of the function that asks them."""
        uses_now = any(rule.uses_now for rule in self.asked(action))
        return ("row", "now") if uses_now else ("row",)

    def _check(self, name: str) -> Function:
        body: list[Statement] = []
        rules = self.asked("update" if name == "check_update" else "create")
        for rule in rules:
            refuse = Raise(call(attribute(rule.problem, "problem")))
            body.append(If(Prefixed("not ", rule.condition), (refuse,)))
        mapping = imported("collections.abc", "Mapping")
        row = subscript(mapping, "str", imported("typing", "Any"))
        parameters: list[Parameter] = [parameter("row", row)]
        if any(rule.uses_now for rule in rules):
            parameters.append(parameter("now", imported("datetime", "datetime")))
        moments = {"check_create": " at creation", "check_update": " after a change"}
        return Function(
            name,
            tuple(parameters),
            NONE,
            tuple(body),
            f"Raises a 422 problem for the first rule that does not hold{moments.get(name, '')}.",
        )
