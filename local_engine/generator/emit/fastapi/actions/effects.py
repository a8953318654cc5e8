"""Effects as code: SQL constants of the module, and the statements that run them in order."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeGuard

from local_engine.generator.blueprint.expressions.table_names import RowOf
from local_engine.generator.blueprint.resolved import (
    Adjust,
    CallWebhook,
    CreateRow,
    DeleteRow,
    Each,
    Effect,
    Entity,
    SendEmail,
    SetField,
)
from local_engine.generator.emit.fastapi.actions.inputs import given_value
from local_engine.generator.emit.fastapi.actions.scene import ACTOR_ID, OWN_ID, Path, Scene
from local_engine.generator.emit.fastapi.application.rules import CORE as RULES
from local_engine.generator.emit.fastapi.application.rules import rule_call
from local_engine.generator.emit.fastapi.entities.annotations import attribute_name
from local_engine.generator.emit.fastapi.entities.statements import block
from local_engine.generator.emit.fastapi.sql.text import LINE, indented, wrapped
from local_engine.generator.emit.fastapi.values import shown
from local_engine.generator.emit.python import (
    NONE,
    Assign,
    Evaluate,
    Expression,
    For,
    If,
    Infix,
    Module,
    Name,
    Raise,
    Statement,
    TextBlock,
    attribute,
    await_,
    call,
    const,
    imported,
    subscript,
)
from local_engine.generator.emit.relational.names import (
    column_of,
    literal,
    quote,
    relation_column,
    snake,
)

DB = "app.core.db"
GUARDS = "app.rows.guards"
_TAKEN = frozenset(
    {"connection", "given", "key", "names", "payload", "row", "subject", "text", "to", "told"}
)
_PLACEHOLDER = re.compile(r"\{([a-zA-Z0-9_.]+)\}")


@dataclass
class EffectWriter:
    """Writes the effects of one action; constants are named after it."""

    scene: Scene
    module: Module
    prefix: str
    _taken: Counter[str] = field(default_factory=Counter)
    _written: dict[str, str] = field(default_factory=dict)
    _row_is_gone: bool = False

    def statements(self, effects: Iterable[Effect]) -> list[Statement]:
        """The code, in the order of the effects."""
        return [
            statement
            for together in _writes(effects)
            for statement in (self._set(together) if _is_sets(together) else self._one(together[0]))
        ]

    def constant(self, name: str, sql: str) -> str:
        """A statement as a constant of the module; returns its name, or that of an equal one."""
        if sql in self._written:
            return self._written[sql]
        self._taken[name] += 1
        number = self._taken[name]
        unique = f"{self.prefix}_{name}" + (f"_{number}" if number > 1 else "")
        self.module.assign(unique, TextBlock(block(sql)))
        self._written[sql] = unique
        return unique

    def execute(self, sql: str) -> Expression:
        """Runs a statement; the value is the number of rows it touched."""
        return await_(call(imported(DB, "execute"), "connection", sql, "names"))

    def _one(self, effect: Effect) -> Iterator[Statement]:
        match effect:
            case CreateRow():
                yield from self._create(effect)
            case Adjust():
                yield from self._adjust(effect)
            case DeleteRow(target, entity):
                table = self._table(entity)
                key = self.scene.row_id(target)
                sql = f"DELETE FROM {table}\nWHERE {table}.id = {key}"
                self._row_is_gone = self._row_is_gone or key == OWN_ID
                yield Evaluate(self.execute(self.constant("DELETE", sql)))
            case Each():
                yield from self._each(effect)
            case SendEmail():
                yield from self._email(effect)
            case CallWebhook():
                yield from self._webhook(effect)

    @property
    def _at_hand(self) -> Scene:
        """The scene for statements about the action's row, as long as that is there."""
        return self.scene if self._row_is_gone else self.scene.with_row_at_hand()

    def _entity(self, name: str) -> Entity:
        return self.scene.application.entities[name]

    def _table(self, name: str) -> str:
        return quote(self._entity(name).table)

    def _create(self, effect: CreateRow) -> Iterator[Statement]:
        entity = self._entity(effect.entity)
        values = self._values(entity, effect)
        columns = wrapped([quote(column) for column in values], 4)
        sources = wrapped(list(values.values()), 4)
        sql = (
            f"INSERT INTO {quote(entity.table)} (\n    {columns}\n)\n"
            f"VALUES (\n    {sources}\n)\nRETURNING id"
        )
        constant = self.constant(f"CREATE_{snake(entity.name).upper()}", sql)
        written = await_(call(imported(GUARDS, "written_row"), "connection", constant, "names"))
        if effect.binding is None:
            yield Evaluate(written)
            return
        key = self.scene.bind_row(effect.binding, entity.name)
        yield Assign("row", written)
        yield Assign(f'names["{key}"]', subscript("row", const(0)))

    def _values(self, entity: Entity, effect: CreateRow) -> dict[str, str]:
        """Column → SQL of a new row; the database fills in constant defaults."""
        given = {assignment.name: assignment.value for assignment in effect.values}
        values: dict[str, str] = {}
        if entity.tenanted and self.scene.application.tenancy is not None:
            column = relation_column(self.scene.application.tenancy.relation)
            values[column] = self.scene.tenant
        if entity.owner is not None and entity.owner not in given:
            values[relation_column(entity.owner)] = ACTOR_ID
        for name, value in given.items():
            values[column_of(entity, name)] = self.scene.value(value)
        for described in entity.fields.values():
            if described.copied_from is not None:
                relation, *path = described.copied_from
                key = values[relation_column(relation)]
                to = entity.to_one[relation].to
                values[described.name] = self.scene.beyond(to, key, tuple(path))
        return values

    def _set(self, effects: Sequence[SetField]) -> Iterator[Statement]:
        """One statement, so that rules over several fields see them all changed."""
        table, entity = self._table(effects[0].entity), self._entity(effects[0].entity)
        key = self.scene.row_id(effects[0].target)
        scene = self._at_hand if key == OWN_ID else self.scene
        changes = ",\n    ".join(
            f"{quote(column_of(entity, effect.assignment.name))} = "
            f"{scene.value(effect.assignment.value)}"
            for effect in effects
        )
        sql = f"UPDATE {table}\nSET {changes}\nWHERE {table}.id = {key}"
        yield Evaluate(self.execute(self.constant("SET", sql)))

    def _adjust(self, effect: Adjust) -> Iterator[Statement]:
        """A conditional update: no row is touched where the result would leave the limit.

        The other limit, which only a negative amount could reach, is kept by the table.
        """
        entity, table = self._entity(effect.entity), self._table(effect.entity)
        described = entity.fields[effect.field]
        column = quote(column_of(entity, effect.field))
        found = self.scene.looking_from(effect.target, table) if effect.target else None
        scene = self.scene if found is None else found.scene
        sign = "-" if effect.decrease else "+"
        present = column if found is None else f"{table}.{column}"
        result = f"{present} {sign} {scene.value(effect.amount)}"
        operator, limit = (
            (">=", described.minimum) if effect.decrease else ("<=", described.maximum)
        )
        conditions = [f"{table}.id = {scene.row_id(effect.target)}"]
        source = ""
        if found is not None:
            source = f"FROM {found.table}\n"
            conditions.insert(0, f"{found.table}.id = {found.key}")
        if limit is not None:
            conditions.append(f"{result} {operator} {limit}")
        where = "\n  AND ".join(conditions)
        sql = f"UPDATE {table}\nSET {column} = {result}\n{source}WHERE {where}"
        update = self.execute(self.constant("ADJUST", sql))
        if limit is None:
            yield Evaluate(update)
            return
        side = "min" if effect.decrease else "max"
        rule_id = f"{snake(entity.name)}.{effect.field}.{side}"
        yield If(Infix("==", (update, const(0))), tuple(self._refusal(rule_id, effect.message)))

    def _refusal(self, rule_id: str, message: str) -> Iterator[Statement]:
        """Raises the rule's problem; its message may have values of rows in it."""
        if not _PLACEHOLDER.search(message):
            yield Raise(call(attribute(rule_call(rule_id, message), "problem")))
            return
        scene = self._at_hand
        constant = self.constant("REFUSAL", scene.select(self._filled(message, scene.told)))
        told = await_(call(imported(GUARDS, "written_row"), "connection", constant, "names"))
        yield Assign("told", told)
        rule = call(imported(RULES, "Rule"), const(rule_id), subscript("told", const(0)))
        yield Raise(call(attribute(rule, "problem")))

    def _filled(self, template: str, told: Callable[[Path], str]) -> str:
        """A text with its `{paths}` filled in, as SQL; `told` gives the value at a path."""
        parts: list[str] = []
        position = 0
        for found in _PLACEHOLDER.finditer(template):
            if found.start() > position:
                parts.append(_text(template[position : found.start()]))
            parts.append(told(tuple(found[1].split("."))))
            position = found.end()
        if position < len(template) or not parts:
            parts.append(_text(template[position:]))
        line = " || ".join(parts)
        return line if len(line) <= LINE else "\n|| ".join(parts)

    def _each(self, effect: Each) -> Iterator[Statement]:
        rows = self.scene.rows_input(effect.source)
        if rows is not None:
            yield from self._each_given(effect)
            return
        assert effect.entity is not None
        children = self.scene.children(effect.source)
        key = children.row.column(("id",))
        conditions = [children.condition]
        name = self.scene.bind_row(effect.binding, effect.entity)
        if effect.where is not None:
            row = RowOf(effect.entity, key.rpartition(".")[0])
            conditions.append(self.scene.seen_from(effect.binding, row, effect.where))
        where = "\n  AND ".join(conditions)
        sql = f"SELECT {key}\nFROM {children.source}\nWHERE {where}\nORDER BY {key}"
        constant = self.constant(f"{effect.source[-1].upper()}", sql)
        found = await_(call(imported(DB, "fetch_all"), "connection", constant, "names"))
        variable = _variable(effect.binding)
        take: Statement = Assign(f'names["{name}"]', subscript(variable, const(0)))
        yield For(variable, found, (take, *self.statements(effect.effects)))

    def _each_given(self, effect: Each) -> Iterator[Statement]:
        rows = self.scene.rows_input(effect.source)
        assert rows is not None
        self.scene.bind_columns(effect.binding, rows)
        taken: list[Statement] = []
        variable = _variable(effect.binding)
        for column in rows.columns:
            value = given_value(variable, column)
            taken.append(Assign(f'names["{effect.binding}.{column.name}"]', value))
        source = attribute("given", attribute_name(rows.name))
        yield For(variable, source, (*taken, *self.statements(effect.effects)))

    def _email(self, effect: SendEmail) -> Iterator[Statement]:
        """Nothing is sent where there is no address."""
        template, scene = self.scene.application.emails[effect.email], self._at_hand
        texts = (template.subject, template.text)
        parts = [self._filled(text, scene.told_of_row) for text in texts]
        columns = ",\n".join([scene.value(effect.to), *parts])
        constant = self.constant(
            f"MAIL_{template.name.upper()}", scene.select(f"\n{indented(columns)}")
        )
        mail = await_(call(imported(GUARDS, "written_row"), "connection", constant, "names"))
        yield Assign("to, subject, text", mail)
        given = {name: Name(name) for name in ("to", "subject", "text")}
        queue = call(imported("app.core.mail", "queue_email"), "connection", **given)
        send = Evaluate(await_(queue))
        there = Infix("is not", (Name("to"), NONE))
        yield If(there, (send,)) if effect.to.nullable else send

    def _webhook(self, effect: CallWebhook) -> Iterator[Statement]:
        scene = self._at_hand
        pairs = ",\n    ".join(
            f"{literal(value.name)}, {shown(scene.value(value.value), value.value.type)}"
            for value in effect.values
        )
        sql = scene.select(f"json_build_object(\n    {pairs}\n)")
        constant = self.constant(f"CALL_{effect.webhook.upper()}", sql)
        yield Assign(
            "payload",
            await_(call(imported(GUARDS, "written_row"), "connection", constant, "names")),
        )
        data = subscript("payload", const(0))
        queue = imported("app.core.webhooks", "queue_webhook")
        yield Evaluate(await_(call(queue, "connection", const(effect.webhook), data)))


def _writes(effects: Iterable[Effect]) -> list[list[Effect]]:
    """Effects that are one write together: `set` effects of one row that follow one another."""
    found: list[list[Effect]] = []
    for effect in effects:
        last = found[-1] if found else []
        if isinstance(effect, SetField) and _is_sets(last) and _joins(effect, last):
            last.append(effect)
        else:
            found.append([effect])
    return found


def _is_sets(effects: Sequence[Effect]) -> TypeGuard[list[SetField]]:
    """Whether these are `set` effects."""
    return bool(effects) and all(isinstance(effect, SetField) for effect in effects)


def _joins(effect: SetField, others: Sequence[SetField]) -> bool:
    names = {other.assignment.name for other in others}
    return effect.target == others[0].target and effect.assignment.name not in names


def _variable(binding: str) -> str:
    """A loop's variable; names that the function has itself, or that read badly, get a `_`."""
    taken = binding in _TAKEN or keyword.iskeyword(binding) or len(binding) == 1
    return f"{binding}_" if taken else binding


def _text(text: str) -> str:
    """A text constant; `%` is doubled, since the statement takes parameters."""
    return literal(text).replace("%", "%%")
