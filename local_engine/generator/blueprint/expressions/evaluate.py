"""Evaluates an expression in memory: the meaning of the language, in its plainest form.

The verifier's model uses this. A condition is tried from left to right and stops when it is
decided; an aggregate looks at all rows, so the order of rows never matters, not even for errors.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from local_engine.generator.blueprint.expressions import calendar, numbers
from local_engine.generator.blueprint.expressions.expression import Expression
from local_engine.generator.blueprint.expressions.failures import UNITS_A_DAY
from local_engine.generator.blueprint.expressions.nodes import (
    Absolute,
    Aggregate,
    And,
    Arithmetic,
    Coalesce,
    Comparison,
    Conditional,
    Day,
    Element,
    Extremum,
    Length,
    ListMembership,
    Literal,
    Lower,
    Member,
    Membership,
    Month,
    Name,
    Negate,
    Node,
    Not,
    Now,
    NullTest,
    Or,
    Reference,
    Round,
    Source,
    Span,
    ToDecimal,
    Year,
)
from local_engine.generator.blueprint.expressions.problems import ExpressionError
from local_engine.generator.blueprint.expressions.scope import SymbolKind
from local_engine.generator.blueprint.expressions.types import (
    MAX_DAYS,
    MICROSECONDS_A_DAY,
    DateTimeType,
    DateType,
    DecimalType,
    DurationType,
    IntegerType,
    MoneyType,
    RecordType,
    RowType,
    Type,
)


def _item(row: object, name: str) -> object:
    return cast(Mapping[str, object], row)[name]


def _items(row: object, name: str) -> Iterable[object]:
    return cast(Iterable[object], _item(row, name))


def _itself(row: object) -> object:
    return row


@dataclass(frozen=True)
class Environment:
    """What an expression is evaluated with.

    `now` is aware. `row` is the row that the expression is about: fields are read from it with
    `get`, unless `names` has them. `names` holds all other names: `input` (a mapping) and rows.
    `user` is the signed-in user's row or None. `get(row, attribute)` gives a value or a to-one
    row (None if missing), `children(row, attribute)` the rows of a to-many relation, and
    `identity(row)` what tells rows apart. By default rows are mappings compared as a whole.

    Values: str, int, Decimal, bool, date, time, aware datetime, timedelta, UUID, list, None.
    """

    now: datetime
    row: object = None
    names: Mapping[str, object] = field(default_factory=dict)
    user: object = None
    get: Callable[[Any, str], object] = _item
    children: Callable[[Any, str], Iterable[object]] = _items
    identity: Callable[[Any], object] = _itself


def evaluate(expression: Expression, environment: Environment) -> object:
    """The value of the expression.

    Raises ExpressionError where it has none: a division by zero, an integer beyond 64 bits, a
    time outside of the calendar.
    """
    return evaluate_node(expression.root, environment)


def evaluate_node(node: Node, environment: Environment) -> object:
    """The value of a part of an expression that stands outside of aggregates."""
    value = _Evaluation(environment).value(node)
    return _outward(value, node.type)


def _inward(value: object, type_: Type) -> Any:
    """Times become integers (see `calendar`); numbers the kind that their type says."""
    match value, type_:
        case None, _:
            return None
        case datetime(), DateTimeType():
            return calendar.instant_of(value)
        case date(), DateType():
            return value.toordinal()
        case timedelta(), DurationType():
            return calendar.duration_of(value)
        case int(), (DecimalType() | MoneyType()):
            return Decimal(value)
        case _:
            return value


def _outward(value: Any, type_: Type) -> object:
    match type_:
        case _ if value is None:
            return None
        case DateTimeType():
            return calendar.datetime_of(value)
        case DateType():
            return calendar.date_of(value)
        case DurationType():
            return calendar.timedelta_of(value)
        case DecimalType() | MoneyType():
            return Decimal(value)
        case _:
            return cast(object, value)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class _Evaluation:
    """One evaluation; `elements` are the rows that the aggregates around are looking at."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._elements: dict[int, object] = {}

    def value(self, node: Node) -> Any:
        """The value of a node, times as integers."""
        return _METHODS[type(node)](self, node)

    def _literal(self, node: Literal) -> Any:
        return _inward(node.value, node.type)

    def _name(self, node: Name) -> Any:
        environment = self._environment
        if node.name in environment.names:
            value = environment.names[node.name]
        elif node.kind is SymbolKind.USER:
            value = environment.user
        else:
            value = environment.get(environment.row, node.name)
        return _inward(value, node.type)

    def _element(self, node: Element) -> Any:
        return self._elements[node.index]

    def _member(self, node: Member) -> Any:
        base = self.value(node.base)
        read = _item if isinstance(node.base.type, RecordType) else self._environment.get
        return _inward(read(base, node.name), node.type)

    def _comparable(self, node: Node) -> Any:
        value = self.value(node)
        return self._environment.identity(value) if isinstance(node.type, RowType) else value

    def _comparison(self, node: Comparison) -> bool:
        left = self._comparable(node.operands[0])
        for sign, operand in zip(node.operators, node.operands[1:], strict=True):
            right = self._comparable(operand)
            if not _COMPARE[sign](left, right):
                return False
            left = right
        return True

    def _membership(self, node: Membership) -> bool:
        item = self.value(node.item)
        return any(item == self.value(option) for option in node.options) is not node.negated

    def _list_membership(self, node: ListMembership) -> bool:
        item, items = self.value(node.item), self.value(node.items)
        return (item in items) is not node.negated

    def _null_test(self, node: NullTest) -> bool:
        return (self.value(node.operand) is None) is not node.negated

    def _not(self, node: Not) -> bool:
        return not self.value(node.operand)

    def _and(self, node: And) -> bool:
        return all(self.value(operand) for operand in node.operands)

    def _or(self, node: Or) -> bool:
        return any(self.value(operand) for operand in node.operands)

    def _conditional(self, node: Conditional) -> Any:
        return self.value(node.then if self.value(node.test) else node.otherwise)

    def _coalesce(self, node: Coalesce) -> Any:
        for operand in node.operands:
            value = self.value(operand)
            if value is not None:
                return value
        return None

    def _extremum(self, node: Extremum) -> Any:
        return _EXTREMA[node.function](self.value(operand) for operand in node.operands)

    def _arithmetic(self, node: Arithmetic) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        match node.left.type, node.type:
            case DateType(), DurationType():
                return (left - right) * MICROSECONDS_A_DAY
            case ((DateType() | DurationType()), DateType()):
                return calendar.checked_day(_moved_day(node, left, right))
            case ((DateTimeType() | DurationType()), DateTimeType()):
                moved = left + right if node.operator == "+" else left - right
                return calendar.checked_instant(moved)
            case ((DateTimeType() | DurationType()), DurationType()):
                return left + right if node.operator == "+" else left - right
            case _:
                return numbers.calculate(node.operator, left, right)

    def _negate(self, node: Negate) -> Any:
        value = self.value(node.operand)
        return -value if isinstance(node.type, DurationType) else numbers.negated(value)

    def _absolute(self, node: Absolute) -> Any:
        return numbers.absolute(self.value(node.operand))

    def _round(self, node: Round) -> Any:
        value = self.value(node.operand)
        if value is None:
            return None
        if isinstance(node.type, IntegerType):
            return numbers.rounded_to_integer(value)
        return numbers.rounded(value, node.scale)

    def _to_decimal(self, node: ToDecimal) -> Any:
        value = self.value(node.operand)
        return None if value is None else Decimal(value)

    def _length(self, node: Length) -> int:
        return len(self.value(node.operand))

    def _lower(self, node: Lower) -> str:
        return str(self.value(node.operand)).lower()

    def _now(self, node: Now) -> Any:
        return _inward(self._environment.now, node.type)

    def _day(self, node: Day) -> int:
        return calendar.local_day(self.value(node.operand), node.time_zone)

    def _month(self, node: Month) -> int:
        return calendar.first_of_month(self.value(node.operand))

    def _year(self, node: Year) -> int:
        return calendar.year_of(self.value(node.operand))

    def _span(self, node: Span) -> int:
        count = self.value(node.count)
        units = UNITS_A_DAY[node.unit]
        if abs(count) > MAX_DAYS * units:
            raise ExpressionError(f"more than {MAX_DAYS} days")
        return int(count) * (MICROSECONDS_A_DAY // units)

    def _aggregate(self, node: Aggregate) -> Any:
        values: list[Any] = []
        self._collect(node, node.sources, values)
        present = [value for value in values if value is not None]
        match node.function:
            case "count":
                return len(values)
            case "any":
                return any(values)
            case "all":
                return all(values)
            case "sum":
                total = sum(present) if _is_duration(node) else numbers.total(present)
                return _inward(total, node.type)
            case "avg":
                total = numbers.total(present)
                return numbers.calculate("/", total, len(present)) if present else None
            case _:
                return _EXTREMA[node.function](present) if present else None

    def _collect(self, node: Aggregate, sources: tuple[Source, ...], values: list[Any]) -> None:
        """Appends the body's value for every row of the nested sources that counts."""
        if not sources:
            if node.where is None or self.value(node.where):
                values.append(True if node.body is None else self.value(node.body))
            return
        for row in self._rows(sources[0].many):
            self._elements[sources[0].index] = row
            self._collect(node, sources[1:], values)

    def _rows(self, many: Reference) -> Iterable[object]:
        environment = self._environment
        if isinstance(many, Member):
            base = self.value(many.base)
            read = _items if isinstance(many.base.type, RecordType) else environment.children
            return read(base, many.name)
        assert isinstance(many, Name)
        if many.name in environment.names:
            return cast(Iterable[object], environment.names[many.name])
        return environment.children(environment.row, many.name)


_EXTREMA: dict[str, Callable[[Iterable[Any]], Any]] = {"min": min, "max": max}


def _is_duration(node: Node) -> bool:
    return isinstance(node.type, DurationType)


def _moved_day(node: Arithmetic, left: int, right: int) -> int:
    if isinstance(node.left.type, DurationType):
        return left // MICROSECONDS_A_DAY + right
    days = right // MICROSECONDS_A_DAY
    return left + days if node.operator == "+" else left - days


_METHODS: dict[type, Callable[[_Evaluation, Any], Any]] = {
    Literal: _Evaluation._literal,
    Name: _Evaluation._name,
    Element: _Evaluation._element,
    Member: _Evaluation._member,
    Comparison: _Evaluation._comparison,
    Membership: _Evaluation._membership,
    ListMembership: _Evaluation._list_membership,
    NullTest: _Evaluation._null_test,
    Not: _Evaluation._not,
    And: _Evaluation._and,
    Or: _Evaluation._or,
    Conditional: _Evaluation._conditional,
    Coalesce: _Evaluation._coalesce,
    Extremum: _Evaluation._extremum,
    Arithmetic: _Evaluation._arithmetic,
    Negate: _Evaluation._negate,
    Absolute: _Evaluation._absolute,
    Round: _Evaluation._round,
    ToDecimal: _Evaluation._to_decimal,
    Length: _Evaluation._length,
    Lower: _Evaluation._lower,
    Now: _Evaluation._now,
    Day: _Evaluation._day,
    Month: _Evaluation._month,
    Year: _Evaluation._year,
    Span: _Evaluation._span,
    Aggregate: _Evaluation._aggregate,
}
