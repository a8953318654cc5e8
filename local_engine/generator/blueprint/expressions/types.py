"""The types of the expression language, with what is known about the values.

A type says what kind of thing a value is and, for numbers and times, how far it can reach. The
reach is what lets the three compilers leave out checks that could never fail: `quantity` between
1 and 50 times a price can not overflow. Whoever gives a type to a name promises its reach.

Limits of the language: integers have 64 bits. Decimals are exact up to `MAX_DIGITS` digits, which
is checked before an expression is accepted; only division rounds, half to even, to
`DIVISION_SCALE` digits after the point. Dates and datetimes with a name lie in the years 1 to 9999.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local_engine.generator.blueprint.expressions.scope import EntityShape

INTEGER_MIN = -(2**63)
INTEGER_MAX = 2**63 - 1
DIVISION_SCALE = 20
"""Digits after the point of a quotient."""
MAX_DIGITS = 250
"""Most digits, before and after the point together, of any exact decimal."""
MAX_ROWS = 10**9
"""Most rows that an aggregate is taken over; bounds what a sum can reach."""
MAX_DAYS = 100_000
"""Longest span that days(), hours() and minutes() make, either way; about 270 years."""
MICROSECONDS_A_DAY = 86_400_000_000
MAX_DURATION_DAYS = 100_000_000
"""Longest duration that arithmetic may lead to."""
CALENDAR_DAYS = 3_652_059
"""Days in the years 1 to 9999."""
FIRST_DAY = -1_721_425
"""4714-11-24 BC, where the calendar of PostgreSQL begins; what is before has no value."""
MAX_TEXT = 2**30
"""Most code points in a text that the database can hold."""


@dataclass(frozen=True)
class TextType:
    """Text of any kind: string, text, e-mail, URL, slug."""


@dataclass(frozen=True)
class IntegerType:
    """A whole number between `low` and `high`, both included."""

    low: int = INTEGER_MIN
    high: int = INTEGER_MAX


@dataclass(frozen=True)
class DecimalType:
    """A decimal number with at most `whole` digits before and `scale` digits after the point."""

    scale: int = 4
    whole: int = 19


@dataclass(frozen=True)
class MoneyType:
    """An amount of money; a stored one has the currency's digits after the point."""

    scale: int = 2
    whole: int = 15


@dataclass(frozen=True)
class BooleanType:
    """True or false."""


@dataclass(frozen=True)
class DateType:
    """A day between `first` and `last`, numbered like `date.toordinal()`."""

    first: int = 1
    last: int = CALENDAR_DAYS


@dataclass(frozen=True)
class TimeType:
    """A time of day without offset."""


@dataclass(frozen=True)
class DateTimeType:
    """An instant on a day between `first` and `last` in UTC."""

    first: int = 1
    last: int = CALENDAR_DAYS


@dataclass(frozen=True)
class DurationType:
    """An exact span of time of at most `days` days; `whole_days` if made of days alone."""

    days: int = MAX_DAYS
    whole_days: bool = False


@dataclass(frozen=True)
class UuidType:
    """A UUID."""


@dataclass(frozen=True)
class EnumType:
    """One of a fixed set of words: an enum field or a state."""

    values: tuple[str, ...]


@dataclass(frozen=True)
class JsonType:
    """Any JSON value; nothing but `is None` can be asked of it."""


@dataclass(frozen=True)
class ListType:
    """A list of plain values, kept in one field."""

    item: Type


@dataclass(frozen=True)
class RowType:
    """One row of an entity; compared by identity."""

    entity: EntityShape = field(compare=False, repr=False)
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.entity.name)


@dataclass(frozen=True)
class RecordType:
    """A bundle of named values that is not a row, such as `input`."""

    shape: EntityShape = field(compare=False, repr=False)
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.shape.name)


@dataclass(frozen=True)
class ManyType:
    """Any number of rows (or records) that a to-many relation leads to."""

    entity: EntityShape = field(compare=False, repr=False)
    records: bool = False
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.entity.name)


@dataclass(frozen=True)
class NoneType:
    """The type of the literal None alone."""


@dataclass(frozen=True)
class UnknownType:
    """The type of a part with a problem; it silences problems that would only follow from it."""


Type = (
    TextType
    | IntegerType
    | DecimalType
    | MoneyType
    | BooleanType
    | DateType
    | TimeType
    | DateTimeType
    | DurationType
    | UuidType
    | EnumType
    | JsonType
    | ListType
    | RowType
    | RecordType
    | ManyType
    | NoneType
    | UnknownType
)
NumberType = IntegerType | DecimalType | MoneyType

_VOWEL = re.compile(r"[aeio]|u(?!s|ni|ti)", re.IGNORECASE)
_NOUNS: dict[type, str] = {
    TextType: "text",
    IntegerType: "a whole number",
    DecimalType: "a decimal number",
    MoneyType: "money",
    BooleanType: "a yes/no value",
    DateType: "a date",
    TimeType: "a time of day",
    DateTimeType: "a date with time",
    DurationType: "a duration",
    UuidType: "an id",
    JsonType: "JSON data",
    ListType: "a list",
    NoneType: "None",
    UnknownType: "unknown",
}


def describe(type_: Type) -> str:
    """The type in words for people, such as `a whole number` or `one of 'cart', 'placed'`."""
    match type_:
        case EnumType(values):
            return "one of " + ", ".join(f"'{value}'" for value in values)
        case RowType() | RecordType():
            return f"{_article(type_.name)} {type_.name}"
        case ManyType():
            return f"many {type_.name} rows"
        case _:
            return _NOUNS[type(type_)]


def _article(word: str) -> str:
    return "an" if _VOWEL.match(word) else "a"


def is_number(type_: Type) -> bool:
    """Whether values are numbers."""
    return isinstance(type_, IntegerType | DecimalType | MoneyType)


def whole_digits(type_: NumberType) -> int:
    """How many digits before the point a value of this type can have."""
    if isinstance(type_, IntegerType):
        return len(str(max(abs(type_.low), abs(type_.high))))
    return type_.whole


def scale_of(type_: NumberType) -> int:
    """How many digits after the point a value of this type can have."""
    return 0 if isinstance(type_, IntegerType) else type_.scale


def assignable(actual: Type, expected: Type) -> bool:
    """Whether a value of type `actual` may stand where `expected` is wanted.

    Numbers with digits take any number (rounded when stored); integers take integers only.
    """
    match actual, expected:
        case (UnknownType(), _) | (_, UnknownType()) | (NoneType(), _):
            return True
        case (IntegerType() | DecimalType() | MoneyType(), DecimalType() | MoneyType()):
            return True
        case EnumType(), TextType():
            return True
        case EnumType(values), EnumType(allowed):
            return set(values) <= set(allowed)
        case RowType(), RowType():
            return actual.name == expected.name
        case ListType(item), ListType(wanted):
            return assignable(item, wanted)
        case _:
            return type(actual) is type(expected)
