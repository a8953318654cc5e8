"""Python types of fields: what bodies take, exactly, and what answers show."""

from __future__ import annotations

import datetime as dt
import keyword
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel

from local_engine.generator.blueprint.resolved import Application, Field, FieldType
from local_engine.generator.emit.fastapi.samples.values import example
from local_engine.generator.emit.python import (
    Expression,
    Name,
    Sequence,
    attribute,
    call,
    const,
    imported,
    listing,
    mapping,
    subscript,
    union,
)
from local_engine.generator.emit.relational.column_types import (
    INTEGER_LIMIT,
    places_of,
    whole_of,
)

FIELDS = "app.core.fields"
TYPES = "app.rows.types"
_TYPES = {"str", "int", "bool", "float", "list", "dict", "set", "date", "datetime", "time", "type"}
_TAKEN = (
    frozenset(dir(BaseModel))
    | _TYPES
    | {"absent", "read_only", "required", "given", "model_config"}
)

SLUG_PATTERN = "^[a-z0-9]+(-[a-z0-9]+)*$"


def attribute_name(name: str) -> str:
    """The attribute that a field has in Python; its own name unless that means something else."""
    if name.startswith("model_"):
        return f"its_{name}"
    return f"{name}_" if name in _TAKEN or keyword.iskeyword(name) else name


@dataclass(frozen=True)
class Annotations:
    """The types of an application's fields."""

    application: Application

    def taken(self, field: Field) -> Expression:
        """The type that a body takes, without regard to null."""
        kind = self._kind(field.type, field)
        markers, limits = list(self._markers(field)), list(self._limits(field))
        # The length of a text is asked first, while pydantic knows that it is one.
        further = limits + markers if field.type in _TEXTS else markers + limits
        return subscript(_typing("Annotated"), kind, *further) if further else kind

    def shown(self, field: Field) -> Expression:
        """The type in answers, as OpenAPI tells it."""
        match field.type:
            case FieldType.MONEY | FieldType.DECIMAL:
                kind: Expression = Name("str")
            case FieldType.JSON:
                kind = _typing("Any")
            case FieldType.LIST:
                kind = subscript("list", self._shown_item(field.item_type or FieldType.STRING))
            case FieldType.FILE:
                kind = imported("app.core.files", "StoredFile")
            case FieldType.DURATION:
                kind = Name("str")
            case FieldType.DATETIME:
                kind = imported("datetime", "datetime")
            case _:
                kind = self._kind(field.type, field)
        return union(kind, const(None)) if field.optional or self._may_be_empty(field) else kind

    @staticmethod
    def _may_be_empty(field: Field) -> bool:
        return field.type is FieldType.FILE

    def _shown_item(self, item: FieldType) -> Expression:
        if item is FieldType.DECIMAL:
            return Name("str")
        return self._kind(item, None)

    def _kind(self, type_: FieldType, field: Field | None) -> Expression:
        """The Python type of the values."""
        match type_:
            case FieldType.INTEGER:
                return Name("int")
            case FieldType.BOOLEAN:
                return Name("bool")
            case FieldType.MONEY | FieldType.DECIMAL:
                return imported("decimal", "Decimal")
            case FieldType.DATE | FieldType.TIME | FieldType.DATETIME:
                return imported("datetime", type_.value)
            case FieldType.DURATION:
                return imported("datetime", "timedelta")
            case FieldType.UUID:
                return imported("uuid", "UUID")
            case FieldType.JSON:
                return _typing("Any")
            case FieldType.LIST:
                assert field is not None
                return subscript("list", self._item(field.item_type or FieldType.STRING))
            case FieldType.ENUM if field is not None:
                return subscript(_typing("Literal"), *map(const, field.values))
            case _:
                return Name("str")

    def _item(self, item: FieldType) -> Expression:
        """The type of a list's items: as a field of that type without options."""
        kind = self._kind(item, None)
        further = list(self._type_markers(item, None))
        if item is FieldType.INTEGER:
            further.append(_field_call({"ge": const(-INTEGER_LIMIT), "le": const(INTEGER_LIMIT)}))
        elif item is FieldType.STRING:
            further.append(_field_call({"min_length": const(1), "max_length": const(255)}))
        elif item is FieldType.SLUG:
            limits = {"min_length": const(1), "max_length": const(80)}
            further.append(_field_call({**limits, "pattern": const(SLUG_PATTERN)}))
        return subscript(_typing("Annotated"), kind, *further) if further else kind

    def _markers(self, field: Field) -> Iterator[Expression]:
        yield from self._type_markers(field.type, field)
        if field.nonzero:
            yield imported(TYPES, "NOT_ZERO")
        if field.allowed:
            choices = Sequence(tuple(value_expression(value) for value in field.allowed), "()")
            yield call(imported(TYPES, "OneOf"), choices)

    def _type_markers(self, type_: FieldType, field: Field | None) -> Iterator[Expression]:
        marker = _MARKERS.get(type_)
        if marker is not None:
            yield imported(FIELDS if marker in _CORE_MARKERS else TYPES, marker)
        elif type_ in (FieldType.MONEY, FieldType.DECIMAL):
            places, whole = 4, 19
            if field is not None:
                places = places_of(field, self.application.currency_digits) or 0
                whole = whole_of(field)
            yield call(imported(FIELDS, "DecimalText"), const(whole), const(places))

    def _limits(self, field: Field) -> Iterator[Expression]:
        found: dict[str, Expression] = {}
        least, most = field.minimum, field.maximum
        if field.type is FieldType.INTEGER:
            least = -INTEGER_LIMIT if least is None else least
            most = INTEGER_LIMIT if most is None else most
        by_length = field.type in _BY_LENGTH
        if least is not None and not (by_length and least == 0):
            found["min_length" if by_length else "ge"] = value_expression(least)
        if most is not None:
            found["max_length" if by_length else "le"] = value_expression(most)
        if field.type is FieldType.DURATION and least is None:
            found["ge"] = call(imported("datetime", "timedelta"))
        if field.type is FieldType.SLUG:
            found["pattern"] = const(SLUG_PATTERN)
        elif field.pattern is not None:
            found["pattern"] = const(f"^(?:{field.pattern})$")
        if field.description:
            found["description"] = const(field.description)
        sample = example(field, self.application.currency_digits)
        if sample is not None:
            found["examples"] = listing(literal_expression(sample))
        if found:
            yield _field_call(found)


_MARKERS = {
    FieldType.STRING: "ONE_LINE",
    FieldType.TEXT: "PROSE",
    FieldType.DATE: "DATE",
    FieldType.TIME: "TIME",
    FieldType.DATETIME: "DATETIME",
    FieldType.DURATION: "DURATION",
    FieldType.UUID: "ID",
    FieldType.EMAIL: "EMAIL",
    FieldType.URL: "URL",
    FieldType.JSON: "JSON_VALUE",
}
_CORE_MARKERS = frozenset({"ONE_LINE", "PROSE", "JSON_VALUE"})
_TEXTS = frozenset({FieldType.STRING, FieldType.TEXT})
_BY_LENGTH = frozenset(
    {
        FieldType.STRING,
        FieldType.TEXT,
        FieldType.EMAIL,
        FieldType.URL,
        FieldType.SLUG,
        FieldType.LIST,
    }
)


def reference_type() -> Expression:
    """The type of a reference in a body: a row's id."""
    return subscript(_typing("Annotated"), imported("uuid", "UUID"), imported(TYPES, "ID"))


def _typing(name: str) -> Expression:
    return imported("typing", name)


def _field_call(keywords: dict[str, Expression]) -> Expression:
    return call(imported("pydantic", "Field"), **keywords)


def value_expression(value: object) -> Expression:
    """A constant of a field's type, as Python writes it.

    Raises TypeError for a value of a type that no field has.
    """
    match value:
        case None | bool() | int() | str():
            return const(value)
        case Decimal():
            return call(imported("decimal", "Decimal"), const(str(value)))
        case dt.datetime():
            text = const(value.astimezone(dt.UTC).isoformat())
            return call(attribute(imported("datetime", "datetime"), "fromisoformat"), text)
        case dt.date() | dt.time():
            kind = "date" if isinstance(value, dt.date) else "time"
            text = const(value.isoformat())
            return call(attribute(imported("datetime", kind), "fromisoformat"), text)
        case dt.timedelta():
            parts = {
                "days": value.days,
                "seconds": value.seconds,
                "microseconds": value.microseconds,
            }
            given = {name: const(number) for name, number in parts.items() if number}
            return call(imported("datetime", "timedelta"), **given)
        case UUID():
            return call(imported("uuid", "UUID"), const(str(value)))
        case _:
            return literal_expression(value)


def literal_expression(value: object) -> Expression:
    """A value that JSON knows, as Python writes it."""
    match value:
        case None | bool() | int() | float() | str():
            return const(value)
        case list() | tuple():
            return listing(*map(literal_expression, value))
        case dict():
            return mapping(*((const(str(k)), literal_expression(v)) for k, v in value.items()))
    raise TypeError(f"no Python for a {type(value).__name__}")
