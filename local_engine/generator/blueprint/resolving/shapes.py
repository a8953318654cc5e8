"""What expressions see of entities and inputs, and the scopes that they are checked in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from local_engine.generator.blueprint import resolved
from local_engine.generator.blueprint.expressions import (
    Attribute,
    EntityShape,
    Expression,
    Symbol,
    SymbolKind,
)
from local_engine.generator.blueprint.expressions.expression import Path as NamePath
from local_engine.generator.blueprint.expressions.facts import facts_when
from local_engine.generator.blueprint.expressions.types import (
    INTEGER_MAX,
    INTEGER_MIN,
    BooleanType,
    DateTimeType,
    DateType,
    DecimalType,
    DurationType,
    EnumType,
    IntegerType,
    JsonType,
    ListType,
    ManyType,
    MoneyType,
    RecordType,
    RowType,
    TextType,
    TimeType,
    Type,
    UnknownType,
    UuidType,
)
from local_engine.generator.blueprint.resolved import FieldType
from local_engine.generator.blueprint.resolving.outline import Outline

if TYPE_CHECKING:
    from local_engine.generator.blueprint.resolving.context import Context

_MONEY_DIGITS = 15
_DECIMAL_DIGITS = 19
_SUM_DIGITS = 9
"""How many more digits a kept sum has than what it sums up."""
_PLAIN: dict[FieldType, Type] = {
    FieldType.BOOLEAN: BooleanType(),
    FieldType.DATE: DateType(),
    FieldType.TIME: TimeType(),
    FieldType.DATETIME: DateTimeType(),
    FieldType.DURATION: DurationType(),
    FieldType.UUID: UuidType(),
    FieldType.JSON: JsonType(),
    FieldType.FILE: JsonType(),
}
_STANDARD = {
    "id": Attribute("id", UuidType()),
    "created_at": Attribute("created_at", DateTimeType()),
    "updated_at": Attribute("updated_at", DateTimeType()),
}
_USER_STANDARD = {
    "email": Attribute("email", TextType()),
    "active": Attribute("active", BooleanType()),
}


def value_type(field: resolved.Field, digits: int) -> Type:
    """The type of a field's values; `digits` are those of the currency."""
    if field.type in _PLAIN:
        return _PLAIN[field.type]
    more = _SUM_DIGITS if field.derived or field.computed else 0
    match field.type:
        case FieldType.INTEGER:
            return _integer(field)
        case FieldType.DECIMAL:
            return DecimalType(field.places or 0, _DECIMAL_DIGITS + more)
        case FieldType.MONEY:
            return MoneyType(digits, _MONEY_DIGITS + more)
        case FieldType.ENUM:
            return EnumType(field.values)
        case FieldType.LIST:
            return ListType(_item_type(field))
        case _:
            return TextType()


def _integer(field: resolved.Field) -> IntegerType:
    low, high = field.minimum, field.maximum
    if field.read_only:
        return IntegerType()
    return IntegerType(
        low if isinstance(low, int) else INTEGER_MIN,
        high if isinstance(high, int) else INTEGER_MAX,
    )


def _item_type(field: resolved.Field) -> Type:
    item = field.item_type or FieldType.STRING
    if item in _PLAIN:
        return _PLAIN[item]
    if item is FieldType.INTEGER:
        return IntegerType()
    if item is FieldType.DECIMAL:
        return DecimalType(field.places or 4, _DECIMAL_DIGITS)
    return TextType()


class RowShape:
    """An entity as expressions see it."""

    def __init__(self, context: Context, outline: Outline) -> None:
        self._context = context
        self._outline = outline
        self._standard = _STANDARD | (_USER_STANDARD if outline.name == resolved.USER else {})
        self._attributes: dict[str, Attribute | None] = {}

    @property
    def name(self) -> str:
        """The name of the entity."""
        return self._outline.name

    @property
    def outline(self) -> Outline:
        """The names of the entity."""
        return self._outline

    def attribute(self, name: str) -> Attribute | None:
        """What a name of the entity stands for."""
        if name not in self._attributes:
            self._attributes[name] = self._find(name)
        return self._attributes[name]

    def _find(self, name: str) -> Attribute | None:
        outline = self._outline
        if name in outline.broken:
            return Attribute(name, UnknownType())
        if name in outline.fields:
            field = self._context.resolve_field(outline.name, name)
            if field is None:
                return Attribute(name, UnknownType())
            optional = field.optional or field.type is FieldType.FILE
            return Attribute(name, value_type(field, self._context.digits), optional)
        if name in outline.to_one:
            reference = outline.to_one[name]
            return Attribute(name, RowType(self._shape(reference.to)), reference.optional)
        if name in outline.to_many:
            return Attribute(name, ManyType(self._shape(outline.to_many[name].of)))
        if name in outline.links:
            return Attribute(name, ManyType(self._shape(outline.links[name].links)))
        if name == outline.state_field:
            return Attribute(name, EnumType(outline.states))
        return self._standard.get(name)

    def _shape(self, entity: str) -> RowShape:
        return self._context.shapes[entity]

    def attributes(self) -> Iterable[str]:
        """All names, for suggestions."""
        return [*self._outline.names(), *self._standard]


@dataclass(frozen=True)
class RecordShape:
    """A bundle of named values, such as `input`."""

    name: str
    parts: Mapping[str, Attribute]

    def attribute(self, name: str) -> Attribute | None:
        """The part of that name."""
        return self.parts.get(name)

    def attributes(self) -> Iterable[str]:
        """The names of the parts."""
        return self.parts


@dataclass(frozen=True)
class _Narrowed:
    """A shape of whose attributes some are known to have a value: paths from it on."""

    shape: EntityShape
    known: frozenset[NamePath]

    @property
    def name(self) -> str:
        """The name of the entity."""
        return self.shape.name

    def attribute(self, name: str) -> Attribute | None:
        """The attribute, without the doubt whether it has a value where that is known."""
        found = self.shape.attribute(name)
        if found is None:
            return None
        type_, nullable = _narrow(found.type, found.nullable, name, self.known)
        return Attribute(found.name, type_, nullable)

    def attributes(self) -> Iterable[str]:
        """All names, for suggestions."""
        return self.shape.attributes()


def _narrow(
    type_: Type, nullable: bool, name: str, known: frozenset[NamePath]
) -> tuple[Type, bool]:
    below = frozenset(path[1:] for path in known if path[0] == name and len(path) > 1)
    if below and isinstance(type_, RowType):
        type_ = RowType(_Narrowed(type_.entity, below))
    return type_, nullable and (name,) not in known


@dataclass(frozen=True)
class Names:
    """A scope: the names of a row, then others, then `weak` ones (inputs by their bare name).

    `row` is None where no row is at hand. `known` are paths that are known to have a value.
    """

    row: RowShape | None = None
    others: Mapping[str, Symbol] = field(default_factory=dict)
    weak: Mapping[str, Symbol] = field(default_factory=dict)
    known: frozenset[NamePath] = frozenset()

    def resolve(self, name: str) -> Symbol | None:
        """The meaning of a name."""
        found = self._find(name)
        if found is None or not self.known:
            return found
        type_, nullable = _narrow(found.type, found.nullable, name, self.known)
        return replace(found, type=type_, nullable=nullable)

    def _find(self, name: str) -> Symbol | None:
        attribute = self.row.attribute(name) if self.row is not None else None
        if attribute is not None:
            return Symbol(name, attribute.type, attribute.nullable)
        return self.others.get(name) or self.weak.get(name)

    def names(self) -> Iterable[str]:
        """All names, for suggestions."""
        own = self.row.attributes() if self.row is not None else ()
        return [*own, *self.others, *self.weak]

    def given(self, condition: Expression | None) -> Names:
        """The scope behind a condition: what it found to have a value has one."""
        if condition is None:
            return self
        facts = facts_when(condition.root, True)
        paths = {
            tuple(str(step) for step in found)
            for found in facts
            if isinstance(found, tuple) and isinstance(found[0], str)
        }
        return replace(self, known=self.known | paths)

    def with_user(self, user: RowShape, *, optional: bool) -> Names:
        """The scope in which `user` is the signed-in user."""
        return self._with(Symbol("user", RowType(user), optional, SymbolKind.USER))

    def with_row(self, name: str, shape: EntityShape) -> Names:
        """The scope in which another row is at hand."""
        return self._with(Symbol(name, RowType(shape), kind=SymbolKind.ROW))

    def with_record(self, name: str, shape: EntityShape) -> Names:
        """The scope in which an object of a rows input is at hand."""
        return self._with(Symbol(name, RecordType(shape), kind=SymbolKind.INPUT))

    def with_input(self, record: RecordShape) -> Names:
        """The scope in which `input` is at hand, and its rows by their bare names too."""
        symbol = Symbol("input", RecordType(record), kind=SymbolKind.INPUT)
        bare = {
            name: Symbol(name, part.type, part.nullable, SymbolKind.INPUT)
            for name, part in record.parts.items()
            if isinstance(part.type, RowType)
        }
        return replace(self._with(symbol), weak={**self.weak, **bare})

    def _with(self, symbol: Symbol) -> Names:
        return replace(self, others={**self.others, symbol.name: symbol})


def decimal_or_int(value: object) -> Decimal | int | None:
    """A number of a Blueprint, or None."""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return value
    return None
