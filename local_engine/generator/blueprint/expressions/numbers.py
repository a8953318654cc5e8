"""Exact arithmetic of the language, for the evaluation in memory.

All of it is exact but division, which rounds half to even. The working precision is far above
`MAX_DIGITS`, so that nothing is ever rounded on the way.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal

from local_engine.generator.blueprint.expressions.problems import ExpressionError
from local_engine.generator.blueprint.expressions.types import (
    DIVISION_SCALE,
    INTEGER_MAX,
    INTEGER_MIN,
    MAX_DIGITS,
)

Number = int | Decimal
_EXACT = Context(prec=4 * MAX_DIGITS, Emin=-(10**6), Emax=10**6)


def in_range(number: int) -> int:
    """The integer, unless it has more than 64 bits."""
    if not INTEGER_MIN <= number <= INTEGER_MAX:
        raise ExpressionError("the number is too large")
    return number


def calculate(operator: str, left: Number, right: Number) -> Number:
    """`left operator right` for + - * / // %; ExpressionError for a divisor of zero."""
    if operator in ("/", "//", "%") and right == 0:
        raise ExpressionError("division by zero")
    if isinstance(left, int) and isinstance(right, int) and operator != "/":
        return in_range(_integers(operator, left, right))
    first, second = Decimal(left), Decimal(right)
    match operator:
        case "+":
            return _EXACT.add(first, second)
        case "-":
            return _EXACT.subtract(first, second)
        case "*":
            return _EXACT.multiply(first, second)
        case "/":
            return rounded(_EXACT.divide(first, second), DIVISION_SCALE)
        case "//":
            return in_range(_floor_divided(first, second))
        case _:
            whole = Decimal(_floor_divided(first, second))
            return _EXACT.subtract(first, _EXACT.multiply(whole, second))


def _integers(operator: str, left: int, right: int) -> int:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "//":
            return left // right
        case _:
            return left % right


def _floor_divided(left: Decimal, right: Decimal) -> int:
    """Floor of the quotient, worked out with integers: exact for any digits."""
    numerator, left_over = left.as_integer_ratio()
    denominator, right_over = right.as_integer_ratio()
    return (numerator * right_over) // (denominator * left_over)


def rounded(number: Decimal, scale: int) -> Decimal:
    """The number with `scale` digits after the point, half to even."""
    return number.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_EVEN, _EXACT)


def rounded_to_integer(number: Decimal) -> int:
    """The nearest integer, half to even; ExpressionError beyond 64 bits."""
    return in_range(int(number.to_integral_value(ROUND_HALF_EVEN, _EXACT)))


def negated(number: Number) -> Number:
    """The number with the other sign."""
    return in_range(-number) if isinstance(number, int) else _EXACT.minus(number)


def absolute(number: Number) -> Number:
    """The number without its sign."""
    return in_range(abs(number)) if isinstance(number, int) else _EXACT.abs(number)


def total(numbers: list[Number]) -> Number:
    """The sum; only the end result has to be in range."""
    if all(isinstance(number, int) for number in numbers):
        return in_range(sum(number for number in numbers if isinstance(number, int)))
    result = Decimal(0)
    for number in numbers:
        result = _EXACT.add(result, Decimal(number))
    return result
