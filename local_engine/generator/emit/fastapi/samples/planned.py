"""What a planned world is made of, and expressions over it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local_engine.generator.blueprint.expressions import Environment, Expression, evaluate
from local_engine.generator.blueprint.expressions.problems import ExpressionError
from local_engine.generator.emit.fastapi.resources import Resource

# Rules may ask for the time: what is planned has to hold now and for many years.
MOMENTS = (
    dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    dt.datetime(2045, 6, 1, tzinfo=dt.UTC),
)


@dataclass(eq=False)
class Person:
    """A user of the world: their name, roles, and values as expressions see them."""

    name: str
    roles: frozenset[str]
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Row:
    """A planned row: who creates it by which body, and the values that it will have.

    `body` is JSON; where it refers to a row or person, that object stands in place of the id.
    `above` are the rows that its path names: the tenant, parents from above. `second` marks one
    beside the first of its kind.
    """

    resource: Resource
    creator: Person
    body: dict[str, Any]
    values: dict[str, Any]
    above: tuple[Row, ...]
    second: bool = False

    @property
    def name(self) -> str:
        """What tests call it."""
        return f"second_{self.resource.singular}" if self.second else self.resource.singular


def holds(expression: Expression, row: Any, person: Person | None = None) -> bool:
    """Whether a condition holds for a planned row (or a mapping of values), at any time."""
    return all(_value(expression, row, person, moment) for moment in MOMENTS)


def value_of(expression: Expression, row: Any) -> Any:
    """The value of an expression for a planned row; None where it has none."""
    return _value(expression, row, None, MOMENTS[0])


def _value(expression: Expression, row: Any, person: Person | None, now: dt.datetime) -> Any:
    environment = Environment(now, row, user=person, get=_get, children=_no_children, identity=id)
    try:
        return evaluate(expression, environment)
    except (ExpressionError, KeyError, TypeError):
        return None


def _get(row: Any, name: str) -> Any:
    values = row.values if isinstance(row, Row | Person) else row
    return values[name]


def _no_children(row: Any, name: str) -> tuple[object, ...]:
    """Planned rows are the first of their kind."""
    del row, name
    return ()


def follow(row: Any, path: tuple[str, ...]) -> Any:
    """What a path leads to from a planned row; None if it ends before."""
    for name in path:
        if not isinstance(row, Row | Person):
            return None
        row = row.values.get(name)
    return row


def follow_in(values: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """What a path leads to from a row with these values."""
    return follow(values.get(path[0]), path[1:])
