"""Constants, and how a text in quotes is read where another type is wanted."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from local_engine.generator.blueprint.expressions.nodes import Literal, Node
from local_engine.generator.blueprint.expressions.problems import closest, hint
from local_engine.generator.blueprint.expressions.types import (
    BooleanType,
    DateTimeType,
    DateType,
    DecimalType,
    EnumType,
    IntegerType,
    NoneType,
    TextType,
    TimeType,
    Type,
    UuidType,
    describe,
)

if TYPE_CHECKING:
    from local_engine.generator.blueprint.expressions.checker import Checker


def literal(value: object) -> Literal:
    """The node of a constant as the parser gives it."""
    match value:
        case None:
            return Literal(None, NoneType())
        case bool():
            return Literal(value, BooleanType())
        case int():
            return Literal(value, IntegerType(value, value))
        case Decimal():
            _, digits, exponent = value.as_tuple()
            scale = -exponent if isinstance(exponent, int) else 0
            return Literal(value, DecimalType(scale, max(len(digits) - scale, 1)))
        case _:
            return Literal(value, TextType())


def negative(constant: Literal) -> Literal | None:
    """The literal with its sign turned; None if it is not a number."""
    value = constant.value
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return literal(value.copy_negate() if isinstance(value, Decimal) else -value)


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _local_time(text: str) -> time:
    moment = time.fromisoformat(text)
    if moment.tzinfo is not None:
        raise ValueError(text)
    return moment


_READERS: dict[type, tuple[Callable[[str], object], str]] = {
    DateType: (date.fromisoformat, "'2026-02-28'"),
    DateTimeType: (_aware, "'2026-02-28T13:30:00+01:00'"),
    TimeType: (_local_time, "'14:30'"),
    UuidType: (UUID, "'0197c0de-0000-7000-8000-000000000000'"),
}


def fitted(checker: Checker, tree: ast.expr, node: Node, wanted: Type) -> Node:
    """A text literal read as the type that is wanted beside it; other nodes are unchanged."""
    if not (isinstance(node, Literal) and isinstance(node.type, TextType)):
        return node
    text = str(node.value)
    if isinstance(wanted, EnumType):
        if text in wanted.values:
            return Literal(text, wanted)
        message = f"'{text}' is not {describe(wanted)}." + hint(text, wanted.values)
        return checker.refuse(tree, message, closest(text, wanted.values))
    if type(wanted) in _READERS:
        reader, example = _READERS[type(wanted)]
        try:
            return Literal(reader(text), wanted)
        except ValueError:
            noun = describe(wanted)
            return checker.refuse(tree, f"'{text}' is not {noun}. Write it as {example}.")
    return node
