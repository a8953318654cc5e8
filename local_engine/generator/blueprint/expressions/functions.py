"""Checks calls: which functions there are, what they take and what they give."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from local_engine.generator.blueprint.expressions import aggregates
from local_engine.generator.blueprint.expressions.expression import rounded
from local_engine.generator.blueprint.expressions.facts import Facts
from local_engine.generator.blueprint.expressions.failures import UNITS_A_DAY
from local_engine.generator.blueprint.expressions.literals import fitted
from local_engine.generator.blueprint.expressions.messages import quoted
from local_engine.generator.blueprint.expressions.nodes import (
    UNKNOWN,
    Absolute,
    Coalesce,
    Day,
    Extremum,
    Length,
    Literal,
    Lower,
    Month,
    Node,
    Now,
    Round,
    Span,
    Year,
)
from local_engine.generator.blueprint.expressions.operators import ordered
from local_engine.generator.blueprint.expressions.problems import closest, hint
from local_engine.generator.blueprint.expressions.reach import clipped
from local_engine.generator.blueprint.expressions.types import (
    DIVISION_SCALE,
    MAX_DAYS,
    MAX_TEXT,
    DateTimeType,
    DateType,
    DecimalType,
    DurationType,
    IntegerType,
    MoneyType,
    NoneType,
    TextType,
    Type,
    UnknownType,
    describe,
)

if TYPE_CHECKING:
    from local_engine.generator.blueprint.expressions.checker import Checker

_YEARS = IntegerType(-10_000, 300_000)
"""Years that a date may come to lie in, beyond the calendar of fields."""


def call(checker: Checker, tree: ast.Call, facts: Facts) -> Node:
    """The node of a function call."""
    if not isinstance(tree.func, ast.Name):
        return checker.refuse(tree, "Only the functions of the language can be called.")
    name = tree.func.id
    if name in aggregates.NAMES and not (name in _FUNCTIONS and len(tree.args) > 1):
        return aggregates.aggregate(checker, tree, facts)
    if name not in _FUNCTIONS:
        message = f"There is no function `{name}`." + hint(name, NAMES)
        return checker.refuse(tree, message, closest(name, NAMES))
    if tree.keywords or any(isinstance(argument, ast.Starred) for argument in tree.args):
        return checker.refuse(tree, f"`{name}` takes its arguments one after the other.")
    example, (least, most), checked = _FUNCTIONS[name]
    if not least <= len(tree.args) <= most:
        return checker.refuse(tree, f"`{name}` is used like this: `{example}`.")
    return checked(checker, tree, facts)


_NOW = DateType(date(1970, 1, 1).toordinal(), date(2970, 1, 1).toordinal())
"""The days that the clock may show."""


def usage(name: str) -> str:
    """An example of a call of the function."""
    return aggregates.EXAMPLES[name] if name in aggregates.NAMES else _FUNCTIONS[name][0]


def _now(checker: Checker, tree: ast.Call, facts: Facts) -> Node:
    del checker, tree, facts
    return Now(DateTimeType(_NOW.first, _NOW.last))


def _today(checker: Checker, tree: ast.Call, facts: Facts) -> Node:
    del tree, facts
    return Day(Now(DateTimeType(_NOW.first, _NOW.last)), checker.time_zone, _shifted(_NOW, 1))


def _argument(
    checker: Checker, tree: ast.Call, facts: Facts, wanted: tuple[type, ...], noun: str
) -> Node | None:
    """The first argument; None if it is not of a wanted type, which is then noted."""
    node = checker.value(tree.args[0], facts)
    if isinstance(node.type, wanted):
        return node
    if not isinstance(node.type, UnknownType):
        name = ast.unparse(tree.func)
        argument = quoted(tree.args[0])
        checker.refuse(tree, f"`{name}` needs {noun}, but {argument} is {describe(node.type)}.")
    return None


def _shifted(type_: DateType | DateTimeType, days: int) -> DateType:
    """The days of instants, which another time zone may move."""
    return DateType(type_.first - days, type_.last + days)


def _day_of(checker: Checker, tree: ast.Call, facts: Facts) -> Node | None:
    node = _argument(checker, tree, facts, (DateTimeType, DateType), "a date with time")
    if node is not None and isinstance(node.type, DateTimeType):
        return Day(node, checker.time_zone, _shifted(node.type, 1))
    return node


def _day(checker: Checker, tree: ast.Call, facts: Facts) -> Node:
    return _day_of(checker, tree, facts) or UNKNOWN


def _month(checker: Checker, tree: ast.Call, facts: Facts) -> Node:
    day = _day_of(checker, tree, facts)
    if day is None or not isinstance(day.type, DateType):
        return UNKNOWN
    return Month(day, DateType(day.type.first - 31, day.type.last))


def _year(checker: Checker, tree: ast.Call, facts: Facts) -> Node:
    day = _day_of(checker, tree, facts)
    return UNKNOWN if day is None else Year(day, _YEARS)


def _span(checker: Checker, tree: ast.Call, facts: Facts) -> Node:
    node = _argument(checker, tree, facts, (IntegerType,), "a whole number")
    if node is None or not isinstance(node.type, IntegerType):
        return UNKNOWN
    unit = ast.unparse(tree.func)
    furthest = max(abs(node.type.low), abs(node.type.high))
    days = min(-(-furthest // UNITS_A_DAY[unit]), MAX_DAYS)
    return Span(unit, node, DurationType(days, whole_days=unit == "days"))


def _len(checker: Checker, tree: ast.Call, facts: Facts) -> Node:
    node = _argument(checker, tree, facts, (TextType,), "text (to count rows, write count(...))")
    return UNKNOWN if node is None else Length(node, IntegerType(0, MAX_TEXT))


def _lower(checker: Checker, tree: ast.Call, facts: Facts) -> Node:
    node = _argument(checker, tree, facts, (TextType,), "text")
    return UNKNOWN if node is None else Lower(node, TextType())


def _abs(checker: Checker, tree: ast.Call, facts: Facts) -> Node:
    node = _argument(checker, tree, facts, (IntegerType, DecimalType, MoneyType), "a number")
    match node:
        case None:
            return UNKNOWN
        case _ if isinstance(node.type, IntegerType):
            low, high = node.type.low, node.type.high
            least = 0 if low <= 0 <= high else min(abs(low), abs(high))
            return Absolute(node, clipped((least, max(abs(low), abs(high)))))
        case _:
            return Absolute(node, node.type)


def _round(checker: Checker, tree: ast.Call, facts: Facts) -> Node:
    node = _argument(checker, tree, facts, (IntegerType, DecimalType, MoneyType), "a number")
    if node is None:
        return UNKNOWN
    if len(tree.args) == 1:
        return _round_to_integer(node)
    places = checker.visit(tree.args[1], facts)
    scale = places.value if isinstance(places, Literal) else None
    if isinstance(scale, bool) or not isinstance(scale, int) or not 0 <= scale <= DIVISION_SCALE:
        return checker.refuse(
            tree.args[1],
            f"The second argument of `round` must be a number from 0 to {DIVISION_SCALE}.",
        )
    return rounded(node, scale)


def _round_to_integer(node: Node) -> Node:
    match node.type:
        case DecimalType(_, whole) | MoneyType(_, whole):
            return Round(node, 0, clipped((-(10**whole), 10**whole)))
        case _:
            return node


def _extremum(checker: Checker, tree: ast.Call, facts: Facts) -> Node:
    function = ast.unparse(tree.func)
    nodes = [checker.value(argument, facts) for argument in tree.args]
    nodes, type_ = _alike(checker, tree, nodes)
    if isinstance(type_, UnknownType):
        return UNKNOWN
    if not ordered(type_):
        return checker.refuse(
            tree, f"`{function}` is not possible: {describe(type_)} has no order."
        )
    return Extremum(function, tuple(nodes), type_)


def _coalesce(checker: Checker, tree: ast.Call, facts: Facts) -> Node:
    nodes = [checker.visit(argument, facts) for argument in tree.args]
    nodes, type_ = _alike(checker, tree, nodes)
    if isinstance(type_, UnknownType):
        return UNKNOWN
    for argument, node in zip(tree.args[:-1], nodes[:-1], strict=True):
        if not node.nullable:
            return checker.refuse(
                tree, f"{quoted(argument)} always has a value; what follows it is never used."
            )
    if isinstance(type_, NoneType):
        return checker.refuse(tree, f"{quoted(tree)} never has a value.")
    return Coalesce(tuple(nodes), type_, nodes[-1].nullable)


def _alike(checker: Checker, tree: ast.Call, nodes: list[Node]) -> tuple[list[Node], Type]:
    """The arguments as values of one type; text literals are read as the others' type."""
    model = next((node.type for node in nodes if not isinstance(node, Literal)), nodes[0].type)
    fit = [
        fitted(checker, argument, node, model)
        for argument, node in zip(tree.args, nodes, strict=True)
    ]
    return checker.joined(tree, fit)


_Checked = Callable[["Checker", ast.Call, Facts], Node]
_MANY = 20
_FUNCTIONS: dict[str, tuple[str, tuple[int, int], _Checked]] = {
    "now": ("now()", (0, 0), _now),
    "today": ("today()", (0, 0), _today),
    "day": ("day(starts_at)", (1, 1), _day),
    "month": ("month(starts_at)", (1, 1), _month),
    "year": ("year(starts_at)", (1, 1), _year),
    "days": ("days(14)", (1, 1), _span),
    "hours": ("hours(24)", (1, 1), _span),
    "minutes": ("minutes(30)", (1, 1), _span),
    "len": ("len(title)", (1, 1), _len),
    "lower": ("lower(title)", (1, 1), _lower),
    "abs": ("abs(amount)", (1, 1), _abs),
    "round": ("round(amount, 2)", (1, 2), _round),
    "min": ("min(a, b)", (2, _MANY), _extremum),
    "max": ("max(a, b)", (2, _MANY), _extremum),
    "coalesce": ("coalesce(note, '')", (2, _MANY), _coalesce),
}
NAMES = frozenset(_FUNCTIONS) | frozenset(aggregates.NAMES)
"""All functions of the language."""
