"""Python for numbers and times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_engine.generator.blueprint.expressions.failures import divides_by_zero, overflows
from local_engine.generator.blueprint.expressions.nodes import (
    Absolute,
    Arithmetic,
    Day,
    Literal,
    Negate,
    Node,
    Round,
    Span,
)
from local_engine.generator.blueprint.expressions.python_text import Level, Python, binary
from local_engine.generator.blueprint.expressions.reach import scale_and_whole
from local_engine.generator.blueprint.expressions.types import (
    CALENDAR_DAYS,
    DateTimeType,
    DateType,
    DecimalType,
    DurationType,
    IntegerType,
    MoneyType,
    Type,
)

if TYPE_CHECKING:
    from local_engine.generator.blueprint.expressions.to_python import Compiler

_CONTEXT_DIGITS = 28
"""Significant digits that Python's decimals keep by default."""
_DECIMAL_HELPERS = {"+": "add", "-": "subtract", "*": "multiply"}


def arithmetic(compiler: Compiler, node: Arithmetic) -> Python:
    """A binary operation."""
    left, right = compiler.python(node.left), compiler.python(node.right)
    if isinstance(node.left.type, DateType | DateTimeType | DurationType):
        return _times(compiler, node, left, right)
    integers = isinstance(node.left.type, IntegerType) and isinstance(node.right.type, IntegerType)
    match node.operator:
        case "/":
            return compiler.helper("divide", left.text, right.text)
        case "//" | "%" if not integers or divides_by_zero(node):
            name = "floor_divide" if node.operator == "//" else "floor_modulo"
            return compiler.helper(name, left.text, right.text)
        case operator if integers:
            return _in_range(compiler, node, _plain(left, operator, right))
        case operator if _fits_context(node.type):
            return _plain(left, operator, right)
        case operator:
            return compiler.helper(_DECIMAL_HELPERS[operator], left.text, right.text)


def _plain(left: Python, operator: str, right: Python) -> Python:
    level = Level.ADDITION if operator in ("+", "-") else Level.MULTIPLICATION
    return binary(left, operator, right, level)


def _in_range(compiler: Compiler, node: Node, piece: Python) -> Python:
    return compiler.helper("int64", piece.text) if overflows(node) else piece


def _fits_context(type_: Type) -> bool:
    """Whether every value has so few digits that Python's operators do not round it."""
    assert isinstance(type_, DecimalType | MoneyType)
    return sum(scale_and_whole(type_)) <= _CONTEXT_DIGITS


def _times(compiler: Compiler, node: Arithmetic, left: Python, right: Python) -> Python:
    match node.type:
        case DecimalType():
            return compiler.helper("divide", left.text, right.text)
        case IntegerType() if divides_by_zero(node) or overflows(node):
            return compiler.helper("floor_divide", left.text, right.text)
        case IntegerType():
            return binary(left, "//", right, Level.MULTIPLICATION)
        case DateType() | DateTimeType() as type_:
            if isinstance(node.left.type, DurationType):
                left, right = right, left
            moved = node.right if isinstance(node.left.type, DurationType) else node.left
            if not _in_calendar(type_):
                left = compiler.exactly(moved, left)
            return binary(left, node.operator, right, Level.ADDITION, left.exact)
        case _:
            if right.exact:
                left = compiler.exactly(node.left, left)
            return binary(left, node.operator, right, Level.ADDITION)


def _in_calendar(type_: DateType | DateTimeType) -> bool:
    """Whether the time is certainly within the years that `datetime` has."""
    return type_.first >= 1 and type_.last <= CALENDAR_DAYS


def negate(compiler: Compiler, node: Negate) -> Python:
    """Unary minus."""
    operand = compiler.python(node.operand)
    match node.type:
        case (DecimalType() | MoneyType()) as type_ if not _fits_context(type_):
            return Python(f"{operand.at(Level.PRIMARY)}.copy_negate()")
        case _:
            piece = Python(f"-{operand.over(Level.SIGN)}", Level.SIGN)
            return _in_range(compiler, node, piece)


def absolute(compiler: Compiler, node: Absolute) -> Python:
    """abs."""
    operand = compiler.python(node.operand)
    match node.type:
        case (DecimalType() | MoneyType()) as type_ if not _fits_context(type_):
            return Python(f"{operand.at(Level.PRIMARY)}.copy_abs()")
        case _:
            return _in_range(compiler, node, Python(f"abs({operand.text})"))


def rounded(compiler: Compiler, node: Round) -> Python:
    """Rounding half to even."""
    operand = compiler.python(node.operand)
    if isinstance(node.type, IntegerType):
        return _in_range(compiler, node, Python(f"round({operand.text})"))
    if node.nullable or not _fits_context(node.operand.type):
        return compiler.helper("round_half_even", operand.text, str(node.scale))
    return Python(f"round({operand.text}, {node.scale})")


def day(compiler: Compiler, node: Day) -> Python:
    """The date in the time zone."""
    operand = compiler.python(node.operand)
    zone = compiler.names.zone(node.time_zone)
    if not _in_calendar(node.type):
        compiler.helper("Day")
        return Python(f"Day.of({operand.text}, {zone})", exact=True)
    return Python(f"{operand.at(Level.PRIMARY)}.astimezone({zone}).date()")


def span(compiler: Compiler, node: Span) -> Python:
    """A timedelta."""
    count = compiler.python(node.count).text
    if not isinstance(node.count, Literal) and overflows(node):
        return compiler.helper("span", f"{node.unit}={count}")
    return Python(f"{compiler.standard('datetime', 'timedelta')}({node.unit}={count})")
