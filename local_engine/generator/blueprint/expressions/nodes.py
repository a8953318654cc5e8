"""The typed form of an expression: what the checker makes and the three compilers read.

Every node carries its type and whether its value may be missing; every implicit step of the
language (the day of a datetime, an integer used as a decimal) is written out as a node.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from local_engine.generator.blueprint.expressions.scope import SymbolKind
from local_engine.generator.blueprint.expressions.types import (
    BooleanType,
    DateTimeType,
    DateType,
    DecimalType,
    DurationType,
    IntegerType,
    ManyType,
    NoneType,
    TextType,
    Type,
    UnknownType,
)

BOOLEAN = BooleanType()


@dataclass(frozen=True)
class Literal:
    """A constant; `value` has the Python type that fits `type` (Decimal, date, UUID ...)."""

    value: object
    type: Type

    @property
    def nullable(self) -> bool:
        """Only None is a missing value."""
        return isinstance(self.type, NoneType)


@dataclass(frozen=True)
class Name:
    """A name of the scope."""

    name: str
    kind: SymbolKind
    type: Type
    nullable: bool = False


@dataclass(frozen=True)
class Element:
    """The row that an aggregate is looking at; `index` is that of the `Source` it comes from."""

    index: int
    type: Type
    nullable: bool = False


@dataclass(frozen=True)
class Member:
    """An attribute of a row or record."""

    base: Reference
    name: str
    type: Type
    nullable: bool = False


Reference = Name | Element | Member


@dataclass(frozen=True)
class Comparison:
    """A chain `a < b <= c`; `operators` are Python's, one less than `operands`."""

    operands: tuple[Node, ...]
    operators: tuple[str, ...]
    type: Type = BOOLEAN
    nullable: bool = False


@dataclass(frozen=True)
class Membership:
    """Whether `item` is one of some literals."""

    item: Node
    options: tuple[Literal, ...]
    negated: bool
    type: Type = BOOLEAN
    nullable: bool = False


@dataclass(frozen=True)
class ListMembership:
    """Whether `item` is in a list that is kept in a field."""

    item: Node
    items: Reference
    negated: bool
    type: Type = BOOLEAN
    nullable: bool = False


@dataclass(frozen=True)
class NullTest:
    """`x is None`, or with `negated` `x is not None`."""

    operand: Node
    negated: bool
    type: Type = BOOLEAN
    nullable: bool = False


@dataclass(frozen=True)
class Not:
    """Negation of a condition."""

    operand: Node
    type: Type = BOOLEAN
    nullable: bool = False


@dataclass(frozen=True)
class And:
    """Conditions that must all hold, tried from left to right."""

    operands: tuple[Node, ...]
    type: Type = BOOLEAN
    nullable: bool = False


@dataclass(frozen=True)
class Or:
    """Conditions of which one must hold, tried from left to right."""

    operands: tuple[Node, ...]
    type: Type = BOOLEAN
    nullable: bool = False


@dataclass(frozen=True)
class Conditional:
    """`then if test else otherwise`; only the chosen branch is worked out."""

    test: Node
    then: Node
    otherwise: Node
    type: Type
    nullable: bool


@dataclass(frozen=True)
class Coalesce:
    """The first operand that is not missing; later ones are not worked out."""

    operands: tuple[Node, ...]
    type: Type
    nullable: bool


@dataclass(frozen=True)
class Extremum:
    """The least (`min`) or greatest (`max`) of some values."""

    function: str
    operands: tuple[Node, ...]
    type: Type
    nullable: bool = False


@dataclass(frozen=True)
class Arithmetic:
    """A binary operation; `operator` is one of + - * / // %."""

    operator: str
    left: Node
    right: Node
    type: Type
    nullable: bool = False


@dataclass(frozen=True)
class Negate:
    """Unary minus, of a number or a duration."""

    operand: Node
    type: Type
    nullable: bool = False


@dataclass(frozen=True)
class Absolute:
    """The number without its sign."""

    operand: Node
    type: Type
    nullable: bool = False


@dataclass(frozen=True)
class Round:
    """The number rounded half to even to `scale` digits; to an integer if `type` is one."""

    operand: Node
    scale: int
    type: Type
    nullable: bool = False


@dataclass(frozen=True)
class ToDecimal:
    """An integer used where decimals are about."""

    operand: Node
    type: DecimalType
    nullable: bool = False


@dataclass(frozen=True)
class Length:
    """The number of code points of a text."""

    operand: Node
    type: IntegerType
    nullable: bool = False


@dataclass(frozen=True)
class Lower:
    """A text in lower case."""

    operand: Node
    type: TextType
    nullable: bool = False


@dataclass(frozen=True)
class Now:
    """The time of the transaction."""

    type: DateTimeType
    nullable: bool = False


@dataclass(frozen=True)
class Day:
    """The day of an instant in a time zone (an IANA name)."""

    operand: Node
    time_zone: str
    type: DateType
    nullable: bool = False


@dataclass(frozen=True)
class Month:
    """The first day of a date's month."""

    operand: Node
    type: DateType
    nullable: bool = False


@dataclass(frozen=True)
class Year:
    """The year of a date, as an integer."""

    operand: Node
    type: IntegerType
    nullable: bool = False


@dataclass(frozen=True)
class Span:
    """A duration of `count` days, hours or minutes (`unit`)."""

    unit: str
    count: Node
    type: DurationType
    nullable: bool = False


@dataclass(frozen=True)
class Source:
    """A to-many relation that an aggregate runs over; its rows are `Element(index)`."""

    index: int
    many: Reference
    type: ManyType
    nullable: bool = False


@dataclass(frozen=True)
class Aggregate:
    """count, sum, avg, min, max, any or all over the rows of `sources`, nested left to right.

    Rows for which `where` is false do not count. `body` is None for count, and for any and all
    that ask nothing but `where`. Missing values of `body` are left out.
    """

    function: str
    sources: tuple[Source, ...]
    where: Node | None
    body: Node | None
    type: Type
    nullable: bool


Node = (
    Literal
    | Name
    | Element
    | Member
    | Comparison
    | Membership
    | ListMembership
    | NullTest
    | Not
    | And
    | Or
    | Conditional
    | Coalesce
    | Extremum
    | Arithmetic
    | Negate
    | Absolute
    | Round
    | ToDecimal
    | Length
    | Lower
    | Now
    | Day
    | Month
    | Year
    | Span
    | Source
    | Aggregate
)


_OPPOSITES = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def negation(condition: Node) -> Node:
    """The opposite of a condition; there are only two truth values, so comparisons turn round."""
    match condition:
        case Comparison(operands, (operator,)):
            return Comparison(operands, (_OPPOSITES[operator],))
        case Membership() | ListMembership() | NullTest():
            return replace(condition, negated=not condition.negated)
        case Not(operand):
            return operand
        case _:
            return Not(condition)


UNKNOWN = Literal(None, UnknownType())
"""Stands for a part with a problem."""


def parts(node: Node) -> Iterator[Node]:
    """The nodes directly below a node, in the order in which they are worked out."""
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, Node))


def walk(node: Node) -> Iterator[Node]:
    """The node and all nodes below it."""
    yield node
    for part in parts(node):
        yield from walk(part)


def is_constant(node: Node) -> bool:
    """Whether the value depends on nothing (and is known to exist)."""
    return not any(
        isinstance(part, Reference | Now | Aggregate) or isinstance(part.type, UnknownType)
        for part in walk(node)
    )


def path_of(reference: Reference) -> tuple[Name | Element, tuple[str, ...]]:
    """The name or element that a reference begins with, and the attributes followed from there."""
    steps: list[str] = []
    while isinstance(reference, Member):
        steps.append(reference.name)
        reference = reference.base
    return reference, tuple(reversed(steps))
