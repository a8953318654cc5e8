"""The column type of each kind of field (docs/blueprint.md §4)."""

from __future__ import annotations

from local_engine.generator.blueprint.resolved import Field, FieldType

DECIMAL_WHOLE = 19
"""Digits before the point of a decimal."""
MONEY_WHOLE = 15
"""Digits before the point of an amount of money."""
INTEGER_LIMIT = 2**53 - 1
"""The greatest integer that every JSON reader takes exactly."""

TEXT_TYPES = frozenset(
    {
        FieldType.STRING,
        FieldType.TEXT,
        FieldType.EMAIL,
        FieldType.URL,
        FieldType.SLUG,
        FieldType.ENUM,
    }
)
_TYPES = {
    FieldType.INTEGER: "bigint",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATE: "date",
    FieldType.TIME: "time",
    FieldType.DATETIME: "timestamptz",
    FieldType.DURATION: "interval",
    FieldType.UUID: "uuid",
    FieldType.JSON: "jsonb",
    FieldType.LIST: "jsonb",
    FieldType.FILE: "uuid",
}


def places_of(field: Field, currency_digits: int) -> int | None:
    """Digits after the point of a decimal or money field, 0 of an integer, None of others."""
    match field.type:
        case FieldType.MONEY:
            return currency_digits if field.places is None else field.places
        case FieldType.DECIMAL:
            return 4 if field.places is None else field.places
        case FieldType.INTEGER:
            return 0
    return None


def whole_of(field: Field) -> int:
    """Digits before the point of a decimal or money field."""
    return MONEY_WHOLE if field.type is FieldType.MONEY else DECIMAL_WHOLE


def column_type(field: Field, currency_digits: int) -> str:
    """The SQL type of a field's column.

    Decimals get twice the digits that they may have, so that what a product or a sum makes too
    large is refused by the check that names the field and not by a nameless numeric error.
    """
    if field.type in TEXT_TYPES:
        return "text"
    if field.type in (FieldType.MONEY, FieldType.DECIMAL):
        places = places_of(field, currency_digits) or 0
        return f"numeric({2 * whole_of(field) + places}, {places})"
    return _TYPES[field.type]
