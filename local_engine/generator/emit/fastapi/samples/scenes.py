"""What becomes of planned rows: the present values of those that are there, and what moves them.

A scene follows effects only as far as it can be sure of what comes of them. Where it cannot, it
says so, and no test is made of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from local_engine.generator.blueprint.expressions import Environment, Expression, evaluate
from local_engine.generator.blueprint.expressions.problems import ExpressionError
from local_engine.generator.blueprint.resolved import (
    Adjust,
    CallWebhook,
    CreateRow,
    Derived,
    Each,
    Effect,
    Field,
    FieldType,
    SendEmail,
    SetField,
)
from local_engine.generator.emit.fastapi.samples.planned import MOMENTS, Person, Row
from local_engine.generator.emit.fastapi.samples.world import World

_NUMBERS = frozenset({FieldType.INTEGER, FieldType.MONEY, FieldType.DECIMAL})


class Unsure(Exception):
    """What an effect does cannot be told beforehand."""


class Scene:
    """The rows that are there. Rows of the scene are copies, whose values change.

    With `cautious`, rows that a rule may count count, where it depends on the time.
    """

    def __init__(self, world: World, *, cautious: bool = False) -> None:
        self.world = world
        self.cautious = cautious
        self.rows: list[Row] = []
        self._copies: dict[Row, Row] = {}

    def make(self, planned: Row) -> Row:
        """The scene's copy of a planned row, there with everything that it needs."""
        if planned not in self._copies:
            above = tuple(self.make(row) for row in planned.above)
            values = {name: self._copy(value) for name, value in planned.values.items()}
            membership = self.world.memberships.get(planned.creator.name)
            if membership is not None:
                self.make(membership)
            body = {name: self._copy(value) for name, value in planned.body.items()}
            copy = Row(planned.resource, planned.creator, body, values, above, planned.second)
            self._copies[planned] = copy
            self.rows.append(copy)
        return self._copies[planned]

    def _copy(self, value: Any) -> Any:
        return self.make(value) if isinstance(value, Row) else value

    def adopt(self, row: Row) -> None:
        """Take a row as it is, not a copy of it."""
        self._copies[row] = row
        self.rows.append(row)

    def add(self, like: Row, values: Mapping[str, Any]) -> Row:
        """One more row beside a row of the scene, with these values."""
        row = Row(like.resource, like.creator, like.body, dict(values), like.above)
        self.rows.append(row)
        return row

    # Expressions.

    def known(
        self,
        expression: Expression,
        row: Row | None,
        names: Mapping[str, object] | None = None,
        person: Person | None = None,
    ) -> Any:
        """The value of an expression. Raises Unsure where it has none or depends on the time."""
        first, later = (self._value(expression, row, names or {}, person, t) for t in MOMENTS)
        if first != later and not isinstance(first, dt.date):
            raise Unsure(expression.text)
        return first

    def _value(
        self,
        expression: Expression,
        row: Row | None,
        names: Mapping[str, object],
        person: Person | None,
        now: dt.datetime,
    ) -> Any:
        environment = Environment(
            now, row, names, person, get=self._get, children=self.children, identity=id
        )
        try:
            return evaluate(expression, environment)
        except (ExpressionError, KeyError, TypeError, AttributeError):
            raise Unsure(expression.text) from None

    def value(self, row: Row, name: str) -> Any:
        """The present value of a field or relation of a row. Raises Unsure."""
        return self._get(row, name)

    def _get(self, row: Any, name: str) -> Any:
        if isinstance(row, Row):
            field = row.resource.entity.fields.get(name)
            if field is not None and field.derived is not None:
                return self._derived(row, field.derived)
        return row.values[name]

    def children(self, row: Any, name: str) -> list[Row]:
        """The rows of a to-many relation."""
        many = row.resource.entity.to_many.get(name)
        if many is None:
            return []
        named = (one for one in self.rows if one.resource.name == many.of)
        return [one for one in named if one.values.get(many.inverse) is row]

    def _derived(self, row: Row, derived: Derived) -> Any:
        found = self.children(row, derived.many)
        if derived.where is not None:
            found = [one for one in found if self.known(derived.where, one)]
        if derived.function == "count":
            return len(found)
        if derived.value is None:
            return None
        values = [value for one in found if (value := self.known(derived.value, one)) is not None]
        match derived.function:
            case "sum":
                return sum(values)
            case "min":
                return min(values, default=None)
            case "max":
                return max(values, default=None)
        raise Unsure(derived.function)

    # Effects.

    def run(
        self, effects: tuple[Effect, ...], row: Row | None, names: dict[str, Any], person: Person
    ) -> None:
        """Carry effects out. Raises Unsure where it cannot be told what they do."""
        for effect in effects:
            match effect:
                case SendEmail() | CallWebhook():
                    pass
                case Each():
                    for found in self._each(effect, row, names):
                        self.run(effect.effects, row, {**names, effect.binding: found}, person)
                case Adjust():
                    self._adjust(effect, row, names, person)
                case SetField(target=target, assignment=assignment):
                    value = self.known(assignment.value, row, names, person)
                    self._target(target, row, names).values[assignment.name] = value
                case CreateRow():
                    names[effect.binding or ""] = self._create(effect, row, names, person)
                case _:
                    raise Unsure(type(effect).__name__)

    def _each(self, effect: Each, row: Row | None, names: Mapping[str, Any]) -> Iterator[Any]:
        *path, last = effect.source
        base = self._target(tuple(path), row, names)
        rows = self.children(base, last) if isinstance(base, Row) else base[last]
        for one in list(rows):
            if effect.where is None or self.known(
                effect.where, row, {**names, effect.binding: one}
            ):
                yield one

    def _target(self, path: tuple[str, ...], row: Row | None, names: Mapping[str, Any]) -> Any:
        found: Any = row
        if path and path[0] in names:
            found, path = names[path[0]], path[1:]
        for name in path:
            found = found.values.get(name) if isinstance(found, Row) else found.get(name)
        if found is None:
            raise Unsure(".".join(path))
        return found

    def _adjust(
        self, effect: Adjust, row: Row | None, names: Mapping[str, Any], person: Person
    ) -> None:
        target = self._target(effect.target, row, names)
        amount = self.known(effect.amount, row, names, person)
        present = target.values.get(effect.field)
        if present is None or amount is None:
            raise Unsure(effect.field)
        target.values[effect.field] = present - amount if effect.decrease else present + amount

    def _create(
        self, effect: CreateRow, row: Row | None, names: Mapping[str, Any], person: Person
    ) -> Row:
        resource = self.world.resources[effect.entity]
        entity = resource.entity
        given = {one.name: self.known(one.value, row, names, person) for one in effect.values}
        fixed = {name: value for name, value in given.items() if name in entity.to_one}
        chosen = {name: value for name, value in given.items() if name in entity.fields}
        if entity.owner is not None:
            fixed.setdefault(entity.owner, person)
        tenancy = self.world.application.tenancy
        if tenancy is not None and entity.tenanted:
            raise Unsure(entity.name)
        values = self.world.values_of_new(entity, chosen, fixed)
        if values is None or entity.effects:
            raise Unsure(entity.name)
        created = Row(resource, person, {}, values, ())
        self.rows.append(created)
        return created


def end_passed(field: Field, value: Any) -> str | None:
    """The end of its field that a number is beyond: min or max."""
    if field.type not in _NUMBERS or value is None:
        return None
    low, high = field.minimum, field.maximum
    if isinstance(low, int | Decimal) and value < low:
        return "min"
    return "max" if isinstance(high, int | Decimal) and value > high else None
