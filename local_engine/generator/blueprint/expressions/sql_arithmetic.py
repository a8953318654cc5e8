"""SQL for numbers and times."""

from __future__ import annotations

from local_engine.generator.blueprint.expressions import sql_functions
from local_engine.generator.blueprint.expressions.failures import UNITS_A_DAY, overflows
from local_engine.generator.blueprint.expressions.nodes import (
    Arithmetic,
    Literal,
    Negate,
    Round,
    Span,
)
from local_engine.generator.blueprint.expressions.reach import integer_bounds
from local_engine.generator.blueprint.expressions.sql_functions import SqlFunction
from local_engine.generator.blueprint.expressions.sql_text import Level, Sql, binary, call, int8
from local_engine.generator.blueprint.expressions.types import (
    MAX_DAYS,
    DateTimeType,
    DateType,
    DurationType,
    IntegerType,
)

_INT4 = IntegerType(-(2**31) + 1, 2**31 - 1)


class Arithmetics:
    """Writes operations whose operands are already SQL; `used` gathers the functions called."""

    def __init__(self, used: set[SqlFunction]) -> None:
        self._used = used

    def function(self, function: SqlFunction, *arguments: Sql) -> Sql:
        """A call of one of our functions."""
        self._used.add(function)
        return call(function.name, *arguments)

    def arithmetic(self, node: Arithmetic, left: Sql, right: Sql) -> Sql:
        """A binary operation."""
        first, second = node.left.type, node.right.type
        if isinstance(first, DateType | DateTimeType | DurationType):
            return self._times(node, left, right)
        match node.operator:
            case "/":
                return self.function(sql_functions.DIVIDE, left, right)
            case "//" | "%" if isinstance(first, IntegerType) and isinstance(second, IntegerType):
                return self._integer_division(node.operator, first, second, left, right)
            case "//":
                return self.function(sql_functions.FLOOR_DIVIDE, left, right)
            case "%":
                return self.function(sql_functions.FLOOR_MODULO, left, right)
            case operator:
                return _plain(node, operator, left, right)

    def _integer_division(
        self, operator: str, first: IntegerType, second: IntegerType, left: Sql, right: Sql
    ) -> Sql:
        int4 = left.int4 and right.int4
        if first.low >= 0 and second.low >= 0:
            if operator == "%":
                return call("mod", left, right, int4=int4)
            quotient = binary(left, "/", right, Level.MULTIPLICATION)
            return Sql(quotient.text, quotient.level, int4)
        if operator == "//":
            return self.function(sql_functions.FLOOR_DIVIDE, left, right)
        return int8(self.function(sql_functions.FLOOR_MODULO, left, right))

    def _times(self, node: Arithmetic, left: Sql, right: Sql) -> Sql:
        match node.left.type, node.operator, node.right.type:
            case DurationType(), "/", _:
                return self.function(sql_functions.DIVIDE, _seconds(left), _seconds(right))
            case DurationType(), "//", _:
                return self.function(sql_functions.FLOOR_DIVIDE, _seconds(left), _seconds(right))
            case DateType(), "-", DateType():
                days = binary(left, "-", right, Level.ADDITION)
                return binary(days, "*", Sql("interval '1 day'"), Level.MULTIPLICATION)
            case DateType(), operator, DurationType():
                return _moved_date(left, operator, node.right, right)
            case DurationType(), operator, DateType():
                return _moved_date(right, operator, node.left, left)
            case _, operator, _:
                return binary(left, operator, right, Level.ADDITION)

    def rounded(self, node: Round, operand: Sql) -> Sql:
        """A number rounded half to even."""
        number = self.function(sql_functions.ROUND, operand, Sql(str(node.scale)))
        return int8(number) if isinstance(node.type, IntegerType) else number

    def span(self, node: Span, count: Sql) -> Sql:
        """A duration of so many units."""
        unit = node.unit.removesuffix("s")
        if isinstance(node.count, Literal):
            plural = "" if node.count.value == 1 else "s"
            return Sql(f"interval '{node.count.value} {unit}{plural}'")
        if overflows(node):
            most = Sql(str(MAX_DAYS * UNITS_A_DAY[node.unit]))
            count = self.function(sql_functions.CHECKED_COUNT, count, most)
        return binary(count, "*", Sql(f"interval '1 {unit}'"), Level.MULTIPLICATION)


def days_between(node: Arithmetic) -> Arithmetic | None:
    """In `(a - b) // days(1)` of dates the difference, which SQL counts in days anyway."""
    match node:
        case Arithmetic("//", Arithmetic("-") as difference, Span("days", Literal(1))) if (
            isinstance(difference.left.type, DateType)
            and isinstance(difference.right.type, DateType)
        ):
            return difference
        case _:
            return None


def minus(node: Negate, operand: Sql) -> Sql:
    """The value with the other sign; two signs in a row would begin a comment."""
    safe = operand.over(Level.SIGN)
    return Sql(f"-{safe}", Level.SIGN, operand.int4 and isinstance(node.type, IntegerType))


def _plain(node: Arithmetic, operator: str, left: Sql, right: Sql) -> Sql:
    level = Level.MULTIPLICATION if operator == "*" else Level.ADDITION
    int4 = left.int4 and right.int4
    first, second = node.left.type, node.right.type
    if int4 and isinstance(first, IntegerType) and isinstance(second, IntegerType):
        low, high = integer_bounds(operator, first, second)
        if low < _INT4.low or high > _INT4.high:
            left, int4 = int8(left), False
    result = binary(left, operator, right, level)
    return Sql(result.text, result.level, int4)


def _seconds(duration: Sql) -> Sql:
    return Sql(f"extract(epoch FROM {duration.text})")


def _moved_date(day: Sql, operator: str, node: object, duration: Sql) -> Sql:
    """A date moved by whole days; by a plain number where the days are known."""
    if isinstance(node, Span) and isinstance(node.count, Literal):
        return binary(day, operator, Sql(str(node.count.value)), Level.ADDITION)
    moved = binary(day, operator, duration, Level.ADDITION)
    return Sql(f"({moved.text})::date")
