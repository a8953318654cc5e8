"""Compiles an expression to SQL for PostgreSQL 18, with as few parentheses as it can be read with.

The value is that of `evaluate`; where that raises ExpressionError, the statement fails with one
of `sql_functions.ERROR_STATES`. PostgreSQL may work out the sides of AND and OR in any order, so
where the left guards a division on the right, a CASE keeps the order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from local_engine.generator.blueprint.expressions import sql_aggregates
from local_engine.generator.blueprint.expressions.expression import Expression, Path
from local_engine.generator.blueprint.expressions.failures import (
    can_divide_by_zero,
    can_fail,
)
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
    Span,
    ToDecimal,
    Year,
    path_of,
)
from local_engine.generator.blueprint.expressions.sql_arithmetic import (
    Arithmetics,
    days_between,
    minus,
)
from local_engine.generator.blueprint.expressions.sql_folding import Folding
from local_engine.generator.blueprint.expressions.sql_functions import SqlFunction
from local_engine.generator.blueprint.expressions.sql_names import SqlNames
from local_engine.generator.blueprint.expressions.sql_text import (
    UNICODE_COLLATION,
    Level,
    Sql,
    agreeing,
    binary,
    call,
    collated,
    common_collation,
    joined,
    negated,
    sql_literal,
    with_int4,
)
from local_engine.generator.blueprint.expressions.types import IntegerType, TextType

_COMPARE = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


@dataclass(frozen=True)
class SqlCode:
    """SQL for an expression, and the functions of `sql_functions` that it calls."""

    text: str
    functions: frozenset[SqlFunction]


def to_sql(expression: Expression, names: SqlNames) -> str:
    """The SQL whose value is that of the expression."""
    return compile_sql(expression, names).text


def compile_sql(expression: Expression, names: SqlNames) -> SqlCode:
    """The SQL of an expression together with the functions that the database must have."""
    compiler = Compiler(names)
    text = compiler.sql(expression.root).text
    return SqlCode(text, frozenset(compiler.used))


class Compiler:
    """Compiles one expression; `rows` are the names as seen from the elements of aggregates."""

    def __init__(self, names: SqlNames) -> None:
        self.names = names
        self.rows: dict[int, SqlNames] = {}
        self.used: set[SqlFunction] = set()
        self._arithmetics = Arithmetics(self.used)
        self._folding = Folding(names)
        self._shielded = False
        self._opaque = False

    def sql(self, node: Node) -> Sql:
        """The SQL of a node."""
        if self._shielded and not self._opaque and self._folding.may_fail(node):
            self._opaque = True
            piece = _WRITERS[type(node)](self, node)
            self._opaque = False
            return piece
        return _WRITERS[type(node)](self, node)

    @contextmanager
    def shielded(self, *guards: Node | None) -> Iterator[None]:
        """Around parts that are worked out only if the guards come out right.

        The planner works out what depends on parameters alone, even if it is never reached at
        run time; only a guard that it can decide itself stops it. Otherwise parameters of parts
        that can fail are hidden from it in a sub-select.
        """
        before = self._shielded
        decided = all(guard is None or self._folding.certain(guard) for guard in guards)
        self._shielded = before or not decided
        yield
        self._shielded = before

    def place(self, reference: Reference) -> tuple[SqlNames, Path]:
        """The names that know a reference, and its path in them."""
        root, path = path_of(reference)
        if isinstance(root, Element):
            return self.rows[root.index], path
        return self.names, (root.name, *path)

    def reference(self, node: Reference) -> Sql:
        """A column, a parameter or a sub-select."""
        names, path = self.place(node)
        column = names.column(path)
        if self._opaque and not column.startswith("("):
            return Sql(f"(SELECT {column})")
        return Sql(column)

    def literal(self, node: Literal) -> Sql:
        """A constant."""
        return sql_literal(node.value, parameters=self.names.parameters)

    def comparison(self, node: Comparison) -> Sql:
        """A comparison; a chain becomes several."""
        if len(node.operators) > 1:
            pairs = zip(node.operands, node.operators, node.operands[1:], strict=False)
            return self.conjunction(
                And(tuple(Comparison((left, right), (sign,)) for left, sign, right in pairs))
            )
        pieces = agreeing([self.sql(operand) for operand in node.operands])
        sign = node.operators[0]
        if isinstance(node.operands[0].type, TextType) and sign not in ("==", "!="):
            first, second = pieces
            pieces = [collated(first), collated(second) if second.collation else second]
        left, right = (piece.over(Level.IN) for piece in pieces)
        return Sql(f"{left} {_COMPARE[sign]} {right}", Level.COMPARISON)

    def membership(self, node: Membership) -> Sql:
        """IN a list of constants."""
        options = ", ".join(self.sql(option).text for option in node.options)
        word = "NOT IN" if node.negated else "IN"
        return Sql(f"{self.sql(node.item).over(Level.IN)} {word} ({options})", Level.IN)

    def list_membership(self, node: ListMembership) -> Sql:
        """Membership in a list that a column holds."""
        names, path = self.place(node.items)
        item = self.sql(node.item).over(Level.IN)
        found = Sql(names.contains(path, item, node.item.type), Level.COMPARISON)
        return negated(found) if node.negated else found

    def null_test(self, node: NullTest) -> Sql:
        """IS NULL."""
        word = "IS NOT NULL" if node.negated else "IS NULL"
        return Sql(f"{self.sql(node.operand).over(Level.IN)} {word}", Level.IS)

    def negation(self, node: Not) -> Sql:
        """NOT."""
        return negated(self.sql(node.operand))

    def conjunction(self, node: And) -> Sql:
        """AND; a CASE where what comes before guards a division."""
        return self._in_order(node.operands, "AND")

    def disjunction(self, node: Or) -> Sql:
        """OR; a CASE where what comes before guards a division."""
        return self._in_order(node.operands, "OR")

    def _in_order(self, operands: tuple[Node, ...], word: str) -> Sql:
        level = Level[word]
        for index in range(1, len(operands)):
            if can_divide_by_zero(operands[index]) or self._overtakes(operands, index):
                guard = self._in_order(operands[:index], word)
                with self.shielded(*operands[:index]):
                    rest = self._in_order(operands[index:], word)
                if word == "AND":
                    return Sql(f"CASE WHEN {guard.text} THEN {rest.text} ELSE false END")
                return Sql(f"CASE WHEN {guard.text} THEN true ELSE {rest.text} END")
        pieces = []
        for index, operand in enumerate(operands):
            with self.shielded(*operands[:index]):
                pieces.append(self.sql(operand))
        return joined(pieces, word, level) if len(pieces) > 1 else pieces[0]

    def _overtakes(self, operands: tuple[Node, ...], index: int) -> bool:
        """Whether the planner could decide by an operand before one that may fail is tried."""
        before = operands[:index]
        if not (self._folding.possible(operands[index]) and any(can_fail(part) for part in before)):
            return False
        return self._shielded or not all(self._folding.certain(part) for part in before)

    def conditional(self, node: Conditional) -> Sql:
        """CASE WHEN."""
        test = self.sql(node.test).text
        with self.shielded(node.test):
            pieces = agreeing([self.sql(node.then), self.sql(node.otherwise)])
        then, otherwise = pieces
        return Sql(
            f"CASE WHEN {test} THEN {then.text} ELSE {otherwise.text} END",
            int4=_integers(node, pieces),
            collation=common_collation(pieces),
        )

    def coalesce(self, node: Coalesce) -> Sql:
        """The function coalesce, which works its arguments out one by one."""
        pieces = []
        for index, operand in enumerate(node.operands):
            with self.shielded(*node.operands[:index]):
                pieces.append(self.sql(operand))
        return self._joined_call("coalesce", node, agreeing(pieces))

    def extremum(self, node: Extremum) -> Sql:
        """least and greatest; texts by code point."""
        pieces = [self.sql(operand) for operand in node.operands]
        if isinstance(node.type, TextType):
            pieces = [
                collated(piece) if piece.collation or not index else piece
                for index, piece in enumerate(pieces)
            ]
        function = "least" if node.function == "min" else "greatest"
        return self._joined_call(function, node, pieces)

    def _joined_call(self, function: str, node: Coalesce | Extremum, pieces: list[Sql]) -> Sql:
        text = call(function, *pieces).text
        return Sql(text, int4=_integers(node, pieces), collation=common_collation(pieces))

    def arithmetic(self, node: Arithmetic) -> Sql:
        """A binary operation on numbers or times."""
        difference = days_between(node)
        if difference is not None:
            left, right = self.sql(difference.left), self.sql(difference.right)
            return with_int4(binary(left, "-", right, Level.ADDITION), int4=True)
        return self._arithmetics.arithmetic(node, self.sql(node.left), self.sql(node.right))

    def negate(self, node: Negate) -> Sql:
        """Unary minus."""
        return minus(node, self.sql(node.operand))

    def absolute(self, node: Absolute) -> Sql:
        """The function abs."""
        operand = self.sql(node.operand)
        return call("abs", operand, int4=operand.int4)

    def round(self, node: Round) -> Sql:
        """Rounding half to even."""
        return self._arithmetics.rounded(node, self.sql(node.operand))

    def to_decimal(self, node: ToDecimal) -> Sql:
        """The integer itself: PostgreSQL takes it for a numeric where one is needed."""
        return with_int4(self.sql(node.operand), int4=False)

    def length(self, node: Length) -> Sql:
        """The number of code points."""
        return call("length", self.sql(node.operand), int4=True)

    def lower(self, node: Lower) -> Sql:
        """Lower case of all letters, not only of ASCII as in the collation of the database."""
        operand = self.sql(node.operand).at(Level.COLLATE)
        return Sql(f"lower({operand} COLLATE {UNICODE_COLLATION})", collation=UNICODE_COLLATION)

    def now(self, node: Now) -> Sql:
        """The time of the transaction."""
        del node
        return Sql(f"(SELECT {self.names.now})" if self._opaque else self.names.now)

    def day(self, node: Day) -> Sql:
        """The date in the time zone."""
        return Sql(f"({self._local(node).text})::date")

    def _local(self, node: Day) -> Sql:
        zone = sql_literal(node.time_zone, parameters=self.names.parameters).text
        moment = self.sql(node.operand).at(Level.AT_TIME_ZONE)
        return Sql(f"{moment} AT TIME ZONE {zone}", Level.AT_TIME_ZONE)

    def month(self, node: Month) -> Sql:
        """The first day of the month, without a detour over the session's time zone."""
        if isinstance(node.operand, Day):
            local = self._local(node.operand).text
        else:
            local = f"{self.sql(node.operand).at(Level.PRIMARY)}::timestamp"
        return Sql(f"date_trunc('month', {local})::date")

    def year(self, node: Year) -> Sql:
        """The year as an integer."""
        if isinstance(node.operand, Day):
            local = self._local(node.operand).text
        else:
            local = self.sql(node.operand).text
        return Sql(f"extract(year FROM {local})::integer", int4=True)

    def span(self, node: Span) -> Sql:
        """An interval."""
        count = Sql("") if isinstance(node.count, Literal) else self.sql(node.count)
        return self._arithmetics.span(node, count)

    def aggregate(self, node: Aggregate) -> Sql:
        """A sub-select over the rows of a relation."""
        return sql_aggregates.aggregate(self, self._arithmetics, node)


def _integers(node: Node, pieces: list[Sql]) -> bool:
    """Whether the joined value of some pieces is an integer of 32 bits."""
    return isinstance(node.type, IntegerType) and all(
        piece.int4 or piece.text == "NULL" for piece in pieces
    )


_WRITERS: dict[type, Callable[[Compiler, Any], Sql]] = {
    Literal: Compiler.literal,
    Name: Compiler.reference,
    Element: Compiler.reference,
    Member: Compiler.reference,
    Comparison: Compiler.comparison,
    Membership: Compiler.membership,
    ListMembership: Compiler.list_membership,
    NullTest: Compiler.null_test,
    Not: Compiler.negation,
    And: Compiler.conjunction,
    Or: Compiler.disjunction,
    Conditional: Compiler.conditional,
    Coalesce: Compiler.coalesce,
    Extremum: Compiler.extremum,
    Arithmetic: Compiler.arithmetic,
    Negate: Compiler.negate,
    Absolute: Compiler.absolute,
    Round: Compiler.round,
    ToDecimal: Compiler.to_decimal,
    Length: Compiler.length,
    Lower: Compiler.lower,
    Now: Compiler.now,
    Day: Compiler.day,
    Month: Compiler.month,
    Year: Compiler.year,
    Span: Compiler.span,
    Aggregate: Compiler.aggregate,
}
