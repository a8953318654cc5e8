"""Values of expressions in answers: their JSON form in SQL, and the types that describe it."""

from __future__ import annotations

from local_engine.generator.blueprint.expressions.types import (
    BooleanType,
    DateTimeType,
    DateType,
    DecimalType,
    DurationType,
    EnumType,
    IntegerType,
    MoneyType,
    RowType,
    TextType,
    TimeType,
    Type,
    UuidType,
)
from local_engine.generator.emit.python import (
    Expression,
    Name,
    const,
    imported,
    subscript,
)


def shown(sql: str, type_: Type) -> str:
    """The value as `json_build_object` is to be given it."""
    match type_:
        case DecimalType(scale) | MoneyType(scale):
            return f"round({sql}, {scale})::text"
        case DurationType():
            return f"make_interval(secs => extract(epoch FROM {sql})::double precision)::text"
        case _:
            return sql


def ordered(sql: str, type_: Type) -> str:
    """The value where values are ordered: texts by code point, whatever the server's locale."""
    return f'{sql} COLLATE "C"' if isinstance(type_, TextType | EnumType) else sql


def answer_type(type_: Type) -> Expression:
    """The Python type that describes the JSON form.

    Raises TypeError for types that neither keys nor values of reports have.
    """
    match type_:
        case TextType() | DecimalType() | MoneyType() | DurationType():
            return Name("str")
        case IntegerType():
            return Name("int")
        case BooleanType():
            return Name("bool")
        case DateType():
            return imported("datetime", "date")
        case TimeType():
            return imported("datetime", "time")
        case DateTimeType():
            return imported("datetime", "datetime")
        case UuidType() | RowType():
            return imported("uuid", "UUID")
        case EnumType(values):
            return subscript(imported("typing", "Literal"), *map(const, values))
        case _:
            raise TypeError(f"no answer has a {type(type_).__name__}")
