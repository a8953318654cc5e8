"""Which operations may have no value: what may divide by zero, and what may leave its range.

Whatever cannot fail needs no check when the expression runs, and may be moved about freely.
"""

from __future__ import annotations

from local_engine.generator.blueprint.expressions.nodes import (
    Absolute,
    Aggregate,
    Arithmetic,
    Literal,
    Negate,
    Node,
    Round,
    Span,
    ToDecimal,
    walk,
)
from local_engine.generator.blueprint.expressions.reach import (
    fits,
    integer_bounds,
    quotient_bounds,
)
from local_engine.generator.blueprint.expressions.types import (
    FIRST_DAY,
    INTEGER_MAX,
    INTEGER_MIN,
    MAX_DAYS,
    MAX_ROWS,
    MICROSECONDS_A_DAY,
    DateTimeType,
    DateType,
    DecimalType,
    DurationType,
    IntegerType,
    MoneyType,
)

UNITS_A_DAY = {"days": 1, "hours": 24, "minutes": 24 * 60}


def can_fail(node: Node) -> bool:
    """Whether some part of the expression may divide by zero or leave its range."""
    return any(divides_by_zero(part) or overflows(part) for part in walk(node))


def can_divide_by_zero(node: Node) -> bool:
    """Whether some part of the expression may divide by zero."""
    return any(divides_by_zero(part) for part in walk(node))


def divides_by_zero(node: Node) -> bool:
    """Whether this operation (not its operands) may divide by zero."""
    return (
        isinstance(node, Arithmetic)
        and node.operator in ("/", "//", "%")
        and may_be_zero(node.right)
    )


def may_be_zero(node: Node) -> bool:
    """Whether a number or duration may be zero."""
    match node:
        case Literal(value):
            return not value
        case ToDecimal(operand) | Negate(operand) | Absolute(operand) | Span(_, operand):
            return may_be_zero(operand)
        case _ if isinstance(node.type, IntegerType):
            return node.type.low <= 0 <= node.type.high
        case _:
            return True


def overflows(node: Node) -> bool:
    """Whether the result of this operation (not its operands) may leave its range."""
    match node:
        case Arithmetic():
            return _arithmetic_overflows(node)
        case Negate(operand) | Absolute(operand):
            return isinstance(operand.type, IntegerType) and operand.type.low == INTEGER_MIN
        case Span(unit, count) if isinstance(count.type, IntegerType):
            most = MAX_DAYS * UNITS_A_DAY[unit]
            return max(abs(count.type.low), abs(count.type.high)) > most
        case Round(operand, _, IntegerType()) if isinstance(operand.type, DecimalType | MoneyType):
            return operand.type.whole >= len(str(INTEGER_MAX))
        case Aggregate("sum", _, _, body) if body and isinstance(body.type, IntegerType):
            return not fits((body.type.low * MAX_ROWS, body.type.high * MAX_ROWS))
        case _:
            return False


def _arithmetic_overflows(node: Arithmetic) -> bool:
    left, right = node.left.type, node.right.type
    match node.type:
        case IntegerType() if isinstance(left, DurationType):
            return left.days * MICROSECONDS_A_DAY > INTEGER_MAX
        case IntegerType() if node.operator == "//":
            numbers = IntegerType | DecimalType | MoneyType
            assert isinstance(left, numbers)
            assert isinstance(right, numbers)
            return not fits(quotient_bounds(left, right))
        case IntegerType() if isinstance(left, IntegerType) and isinstance(right, IntegerType):
            return not fits(integer_bounds(node.operator, left, right))
        case DateType(first) | DateTimeType(first):
            return first < FIRST_DAY
        case _:
            return False
