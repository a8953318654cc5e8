"""Which operations exist between which types, and the types of their results."""

from __future__ import annotations

from local_engine.generator.blueprint.expressions.reach import (
    clipped,
    digits_result,
    integer_bounds,
    quotient_bounds,
    unified,
)
from local_engine.generator.blueprint.expressions.types import (
    DIVISION_SCALE,
    MICROSECONDS_A_DAY,
    BooleanType,
    DateTimeType,
    DateType,
    DecimalType,
    DurationType,
    EnumType,
    IntegerType,
    MoneyType,
    NumberType,
    RowType,
    TextType,
    TimeType,
    Type,
    UnknownType,
    UuidType,
)

_NUMBERS = IntegerType | DecimalType | MoneyType
_ORDERED = (TextType, DateType, TimeType, DateTimeType, DurationType)
_ALIKE = (BooleanType, UuidType, *_ORDERED)


def ordered(type_: Type) -> bool:
    """Whether values can be compared with <, and so have a least and a greatest one."""
    return isinstance(type_, (*_ORDERED, IntegerType, DecimalType, MoneyType))


def comparable(operator: str, left: Type, right: Type) -> bool:
    """Whether `left operator right` has a meaning."""
    if isinstance(left, UnknownType) or isinstance(right, UnknownType):
        return True
    match left, right:
        case (
            (IntegerType() | DecimalType() | MoneyType()),
            (IntegerType() | DecimalType() | MoneyType()),
        ):
            return True
        case RowType(), RowType():
            return operator in ("==", "!=") and left.name == right.name
        case EnumType(values), EnumType(others):
            return operator in ("==", "!=") and not set(values).isdisjoint(others)
        case (EnumType(), TextType()) | (TextType(), EnumType()):
            return operator in ("==", "!=")
        case _:
            return type(left) is type(right) and isinstance(
                left, _ALIKE if operator in ("==", "!=") else _ORDERED
            )


def joined(left: Type, right: Type) -> Type | None:
    """The type of a value that is one or the other; None if there is none."""
    match left, right:
        case (UnknownType(), _) | (_, UnknownType()):
            return UnknownType()
        case (
            (IntegerType() | DecimalType() | MoneyType()),
            (IntegerType() | DecimalType() | MoneyType()),
        ):
            return unified(left, right)
        case EnumType(values), EnumType(others):
            return EnumType(tuple(dict.fromkeys(values + others)))
        case ((EnumType() | TextType()), (EnumType() | TextType())):
            return TextType()
        case DateType(first, last), DateType(other_first, other_last):
            return DateType(min(first, other_first), max(last, other_last))
        case DateTimeType(first, last), DateTimeType(other_first, other_last):
            return DateTimeType(min(first, other_first), max(last, other_last))
        case DurationType(days, whole), DurationType(other, also_whole):
            return DurationType(max(days, other), whole and also_whole)
        case _:
            return left if left == right else None


def arithmetic(operator: str, left: Type, right: Type) -> Type | None:
    """The type of `left operator right`; None if the operation does not exist."""
    if isinstance(left, UnknownType) or isinstance(right, UnknownType):
        return UnknownType()
    if isinstance(left, _NUMBERS) and isinstance(right, _NUMBERS):
        return _numbers(operator, left, right)
    return _times(operator, left, right)


def _numbers(operator: str, left: NumberType, right: NumberType) -> Type | None:
    money = (isinstance(left, MoneyType), isinstance(right, MoneyType))
    if operator == "*" and all(money):
        return None
    if operator in ("/", "//", "%") and money == (False, True):
        return None
    if operator == "//":
        return clipped(quotient_bounds(left, right))
    if isinstance(left, IntegerType) and isinstance(right, IntegerType) and operator != "/":
        return clipped(integer_bounds(operator, left, right))
    scale, whole = digits_result(operator, left, right)
    if any(money) and not (operator == "/" and all(money)):
        return MoneyType(scale, whole)
    return DecimalType(scale, whole)


def _times(operator: str, left: Type, right: Type) -> Type | None:
    match left, operator, right:
        case DurationType(days, whole), ("+" | "-"), DurationType(other, also_whole):
            return DurationType(days + other, whole and also_whole)
        case DurationType(days), "/", DurationType():
            return DecimalType(DIVISION_SCALE, len(str(days * MICROSECONDS_A_DAY)))
        case DurationType(days), "//", DurationType():
            return clipped((-(days * MICROSECONDS_A_DAY), days * MICROSECONDS_A_DAY))
        case (DateType() as day, ("+" | "-"), DurationType(days, True)) | (
            DurationType(days, True),
            "+",
            DateType() as day,
        ):
            return DateType(day.first - days, day.last + days)
        case (DateTimeType() as moment, ("+" | "-"), DurationType(days)) | (
            DurationType(days),
            "+",
            DateTimeType() as moment,
        ):
            return DateTimeType(moment.first - days, moment.last + days)
        case DateType() as day, "-", DateType() as other:
            return DurationType(_between(day, other), whole_days=True)
        case DateTimeType() as moment, "-", DateTimeType() as other:
            return DurationType(_between(moment, other) + 1)
        case _:
            return None


def _between(one: DateType | DateTimeType, other: DateType | DateTimeType) -> int:
    """The most days that can be between two times."""
    return max(one.last - other.first, other.last - one.first)
