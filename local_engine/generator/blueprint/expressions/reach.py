"""How far the results of number arithmetic can reach, worked out from the reach of the operands."""

from __future__ import annotations

from local_engine.generator.blueprint.expressions.types import (
    DIVISION_SCALE,
    INTEGER_MAX,
    INTEGER_MIN,
    DecimalType,
    IntegerType,
    MoneyType,
    NumberType,
    scale_of,
    whole_digits,
)


def integer_bounds(operator: str, left: IntegerType, right: IntegerType) -> tuple[int, int]:
    """Least and greatest exact result of `+ - * // %`, which may be outside of 64 bits."""
    match operator:
        case "+":
            return left.low + right.low, left.high + right.high
        case "-":
            return left.low - right.high, left.high - right.low
        case "*":
            return _corners([a * b for a in (left.low, left.high) for b in (right.low, right.high)])
        case "//":
            divisors = _divisors(right)
            return _corners([a // b for a in (left.low, left.high) for b in divisors])
        case _:
            return _modulo_bounds(left, right)


def _corners(values: list[int]) -> tuple[int, int]:
    return (min(values), max(values)) if values else (0, 0)


def _divisors(right: IntegerType) -> list[int]:
    """The divisors among which quotients are extreme: ends of the range, and those next to 0."""
    ends = (right.low, right.high, -1, 1)
    return [end for end in ends if end != 0 and right.low <= end <= right.high]


def _modulo_bounds(left: IntegerType, right: IntegerType) -> tuple[int, int]:
    low = min(0, right.low + 1)
    high = max(0, right.high - 1)
    if left.low >= 0 and right.low >= 0:
        high = min(high, left.high)
    return low, high


def clipped(bounds: tuple[int, int]) -> IntegerType:
    """The integer type for exact bounds; what is outside of 64 bits never comes about."""
    low, high = bounds
    return IntegerType(
        min(max(low, INTEGER_MIN), INTEGER_MAX), max(min(high, INTEGER_MAX), INTEGER_MIN)
    )


def fits(bounds: tuple[int, int]) -> bool:
    """Whether all values between the bounds have 64 bits."""
    return bounds[0] >= INTEGER_MIN and bounds[1] <= INTEGER_MAX


def digits_result(operator: str, left: NumberType, right: NumberType) -> tuple[int, int]:
    """Scale and whole digits of the exact result of `+ - * / %` where decimals are involved."""
    left_whole, right_whole = whole_digits(left), whole_digits(right)
    left_scale, right_scale = scale_of(left), scale_of(right)
    match operator:
        case "+" | "-":
            return max(left_scale, right_scale), max(left_whole, right_whole) + 1
        case "*":
            return left_scale + right_scale, left_whole + right_whole
        case "/":
            return DIVISION_SCALE, left_whole + right_scale + 1
        case _:
            return max(left_scale, right_scale), right_whole


def quotient_bounds(left: NumberType, right: NumberType) -> tuple[int, int]:
    """Bounds of `//`."""
    if isinstance(left, IntegerType) and isinstance(right, IntegerType):
        return integer_bounds("//", left, right)
    most = 10 ** (whole_digits(left) + scale_of(right))
    return -most, most


def unified(left: NumberType, right: NumberType) -> NumberType:
    """The type that holds values of both types: money before decimal before integer."""
    if isinstance(left, IntegerType) and isinstance(right, IntegerType):
        return IntegerType(min(left.low, right.low), max(left.high, right.high))
    scale = max(scale_of(left), scale_of(right))
    whole = max(whole_digits(left), whole_digits(right))
    if isinstance(left, MoneyType) or isinstance(right, MoneyType):
        return MoneyType(scale, whole)
    return DecimalType(scale, whole)


def scale_and_whole(type_: NumberType) -> tuple[int, int]:
    """Digits after and before the point."""
    return scale_of(type_), whole_digits(type_)
