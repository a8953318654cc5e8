"""What the limits of a field mean for its column: conditions, each with the id of its rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from local_engine.generator.blueprint.resolved import Entity, Field, FieldType
from local_engine.generator.emit.relational.column_types import (
    INTEGER_LIMIT,
    TEXT_TYPES,
    places_of,
    whole_of,
)
from local_engine.generator.emit.relational.literals import constant
from local_engine.generator.emit.relational.names import field_column, literal, quote, snake

_SLUG = "[a-z0-9]+(-[a-z0-9]+)*"
_FIRST_DAY, _LAST_DAY = dt.date(1, 1, 1), dt.date(9999, 12, 31)
_FIRST_INSTANT = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
_LAST_INSTANT = dt.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Limit:
    """A condition over one column (in SQL), the id of its rule, and what people are told."""

    rule_id: str
    condition: str
    message: str


def limits_of(entity: Entity, currency_digits: int) -> Iterator[Limit]:
    """The limits of all fields and of the state field, in the order of the Blueprint."""
    prefix = snake(entity.name)
    for field in entity.fields.values():
        for option, condition, message in _of_field(field, currency_digits):
            rule_id = f"{prefix}.{field.name}.{option}"
            yield Limit(rule_id, condition, f"{field.name} {message}")
    if entity.states:
        column = quote(entity.states.field)
        values = _listed(entity.states.values)
        message = f"{entity.states.field} is not one of its states"
        yield Limit(f"{prefix}.{entity.states.field}", f"{column} IN ({values})", message)


_Found = Iterator[tuple[str, str, str]]


def _of_field(field: Field, currency_digits: int) -> _Found:
    column = quote(field_column(field))
    if field.type in TEXT_TYPES:
        yield from _of_text(field, column)
    elif field.type is FieldType.LIST:
        # Checks are tried in the order of their names, so "list" comes before any length.
        yield "list", f"jsonb_typeof({column}) = 'array'", "must be a list"
        measure = f"jsonb_array_length({column})"
        yield from _between(measure, field.minimum, field.maximum, "items")
    elif field.type is FieldType.JSON:
        yield "type", f"{column} <> 'null'", "must not be the JSON null"
    else:
        yield from _of_value(field, column, currency_digits)
    if field.allowed:
        values = _listed(field.allowed)
        yield "in", f"{column} IN ({values})", "is not one of the values allowed"


def _of_text(field: Field, column: str) -> _Found:
    if field.type is FieldType.ENUM:
        values = _listed(field.values)
        yield "values", f"{column} IN ({values})", "is not one of its values"
        return
    yield from _between(f"char_length({column})", field.minimum, field.maximum, "characters")
    pattern = _SLUG if field.type is FieldType.SLUG else field.pattern
    if pattern is not None:
        whole = literal(f"^(?:{pattern})$")
        yield "pattern", f"{column} ~ {whole}", "does not have the form that is asked for"


def _of_value(field: Field, column: str, currency_digits: int) -> _Found:
    ends = _reach(field, currency_digits)
    if ends is not None:
        least = ends[0] if field.minimum is None else field.minimum
        most = ends[1] if field.maximum is None else field.maximum
        if (least, most) != ends:
            yield from _between(column, least, most, "")
        elif not field.allowed:  # a list of values says more than the range of the type
            condition = f"{column} BETWEEN {constant(least)} AND {constant(most)}"
            yield "range", condition, "is out of range"
    elif field.type is FieldType.DURATION:
        yield from _between(column, field.minimum or dt.timedelta(), field.maximum, "")
    else:
        yield from _between(column, field.minimum, field.maximum, "")
    if field.nonzero:
        yield "nonzero", f"{column} <> 0", "must not be zero"
    if field.never_below is not None:
        bound = constant(field.never_below)
        yield "never_below", f"{column} >= {bound}", f"must not go below {bound}"


def _reach(field: Field, currency_digits: int) -> tuple[object, object] | None:
    """The least and greatest value of the field's type; None where it is the column type's."""
    match field.type:
        case FieldType.INTEGER:
            return -INTEGER_LIMIT, INTEGER_LIMIT
        case FieldType.DECIMAL | FieldType.MONEY:
            places = places_of(field, currency_digits) or 0
            most = Decimal((0, (9,) * (whole_of(field) + places), -places))
            return most.copy_negate(), most
        case FieldType.DATE:
            return _FIRST_DAY, _LAST_DAY
        case FieldType.DATETIME:
            return _FIRST_INSTANT, _LAST_INSTANT
    return None


def _between(measure: str, least: object, most: object, unit: str) -> _Found:
    """The two ends of a range, each a rule of its own."""
    if least is not None and not (unit and least == 0):
        message = f"must be at least {_counted(least, unit)}"
        yield "min", f"{measure} >= {constant(least)}", message
    if most is not None:
        yield "max", f"{measure} <= {constant(most)}", f"must be at most {_counted(most, unit)}"


def _counted(number: object, unit: str) -> str:
    """`5`, `5 items`, `1 item`."""
    return f"{number} {unit.removesuffix('s') if number == 1 else unit}".rstrip()


def _listed(values: tuple[object, ...]) -> str:
    return ", ".join(constant(value) for value in values)
