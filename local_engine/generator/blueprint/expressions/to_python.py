"""Compiles an expression to Python source for generated code, as a person would write it.

Plain operators stand wherever they are exact for the values that can come about; helpers from
`core/expressions.py` of the generated project stand for the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from local_engine.generator.blueprint.expressions import python_aggregates, python_arithmetic
from local_engine.generator.blueprint.expressions.expression import Expression, Path
from local_engine.generator.blueprint.expressions.failures import can_fail
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
from local_engine.generator.blueprint.expressions.python_names import (
    HELPERS,
    Import,
    PythonCode,
    PythonNames,
)
from local_engine.generator.blueprint.expressions.python_text import Level, Python
from local_engine.generator.blueprint.expressions.types import DateTimeType


def to_python(expression: Expression, names: PythonNames) -> PythonCode:
    """The source whose value is that of the expression, and what it needs imported.

    Where the expression has no value it raises the helpers' ExpressionError, a ValueError.
    """
    compiler = Compiler(names)
    piece = compiler.python(expression.root)
    if piece.exact:
        piece = compiler.helper("plain", piece.text)
    return PythonCode(piece.text, frozenset(compiler.imports))


class Compiler:
    """Compiles one expression.

    `rows` are the names as seen from the elements of aggregates, `variables` those of the loops
    around.
    """

    def __init__(self, names: PythonNames) -> None:
        self.names = names
        self.rows: dict[int, PythonNames] = {}
        self.variables: frozenset[str] = frozenset()
        self.imports: set[Import] = set()

    def python(self, node: Node) -> Python:
        """The source of a node."""
        return _WRITERS[type(node)](self, node)

    def helper(self, name: str, *arguments: str) -> Python:
        """A call of a helper."""
        self.imports.add(Import(HELPERS, name))
        return Python(f"{name}({', '.join(arguments)})")

    def standard(self, module: str, name: str) -> str:
        """A name of the standard library."""
        self.imports.add(Import(module, name))
        return name

    def place(self, reference: Reference) -> tuple[PythonNames, Path]:
        """The names that know a reference, and its path in them."""
        root, path = path_of(reference)
        if isinstance(root, Element):
            return self.rows[root.index], path
        return self.names, (root.name, *path)

    def exactly(self, node: Node, piece: Python) -> Python:
        """A time as an Instant or Day."""
        if piece.exact or piece.text == "None":
            return piece
        if node.nullable:
            made = self._made_exact(node, self._present(node, piece))
            text = f"{made.text} if {piece.over(Level.COMPARISON)} is not None else None"
            return Python(text, Level.CONDITIONAL, exact=True)
        return self._made_exact(node, piece)

    def _made_exact(self, node: Node, piece: Python) -> Python:
        name = "Instant" if isinstance(node.type, DateTimeType) else "Day"
        return Python(self.helper(name, piece.text).text, exact=True)

    def _present(self, node: Node, piece: Python) -> Python:
        """The value of a node that was just found not to be None, as a type checker sees it."""
        if isinstance(node, Reference):
            return piece
        return Python(self.helper("known", piece.text).text, exact=piece.exact)

    def alike(self, nodes: tuple[Node, ...]) -> list[Python]:
        """Values of which one is taken, all plain or all exact."""
        pieces = [self.python(node) for node in nodes]
        if any(piece.exact for piece in pieces):
            return [self.exactly(node, piece) for node, piece in zip(nodes, pieces, strict=True)]
        return pieces

    def reference(self, node: Reference) -> Python:
        """A variable or an attribute."""
        names, path = self.place(node)
        return Python(names.value(path))

    def literal(self, node: Literal) -> Python:
        """A constant."""
        value = node.value
        match value:
            case int() if not isinstance(value, bool) and value < 0:
                return Python(repr(value), Level.SIGN)
            case None | bool() | int():
                return Python(repr(value))
            case str():
                return Python(quoted(value))
            case Decimal():
                return Python(f'{self.standard("decimal", "Decimal")}("{value:f}")')
            case datetime():
                name = self.standard("datetime", "datetime")
                return Python(f'{name}.fromisoformat("{value.isoformat()}")')
            case date():
                name = self.standard("datetime", "date")
                return Python(f"{name}({value.year}, {value.month}, {value.day})")
            case time():
                name = self.standard("datetime", "time")
                return Python(f'{name}.fromisoformat("{value.isoformat()}")')
            case _:
                return Python(f'{self.standard("uuid", "UUID")}("{value}")')

    def comparison(self, node: Comparison) -> Python:
        """A comparison or a chain of them."""
        pieces = [self.python(operand).over(Level.COMPARISON) for operand in node.operands]
        text = pieces[0]
        for sign, piece in zip(node.operators, pieces[1:], strict=True):
            text += f" {sign} {piece}"
        return Python(text, Level.COMPARISON)

    def membership(self, node: Membership) -> Python:
        """`in` a tuple of constants."""
        options = ", ".join(self.python(option).text for option in node.options)
        comma = "," if len(node.options) == 1 else ""
        word = "not in" if node.negated else "in"
        item = self.python(node.item).over(Level.COMPARISON)
        return Python(f"{item} {word} ({options}{comma})", Level.COMPARISON)

    def list_membership(self, node: ListMembership) -> Python:
        """`in` a list."""
        word = "not in" if node.negated else "in"
        item = self.python(node.item).over(Level.COMPARISON)
        return Python(f"{item} {word} {self.python(node.items).text}", Level.COMPARISON)

    def null_test(self, node: NullTest) -> Python:
        """`is None`."""
        word = "is not" if node.negated else "is"
        operand = self.python(node.operand).over(Level.COMPARISON)
        return Python(f"{operand} {word} None", Level.COMPARISON)

    def negation(self, node: Not) -> Python:
        """`not`."""
        return Python(f"not {self.python(node.operand).at(Level.NOT)}", Level.NOT)

    def conjunction(self, node: And) -> Python:
        """`and`."""
        pieces = [self.python(operand).at(Level.AND) for operand in node.operands]
        return Python(" and ".join(pieces), Level.AND)

    def disjunction(self, node: Or) -> Python:
        """`or`."""
        pieces = [self.python(operand).at(Level.OR) for operand in node.operands]
        return Python(" or ".join(pieces), Level.OR)

    def conditional(self, node: Conditional) -> Python:
        """`then if test else otherwise`."""
        then, otherwise = self.alike((node.then, node.otherwise))
        test = self.python(node.test).over(Level.CONDITIONAL)
        text = f"{then.over(Level.CONDITIONAL)} if {test} else {otherwise.text}"
        return Python(text, Level.CONDITIONAL, then.exact or otherwise.exact)

    def coalesce(self, node: Coalesce) -> Python:
        """The first that is not None; as a conditional, so that the rest is not worked out."""
        pieces = [self.python(operand) for operand in node.operands]
        exact = any(piece.exact for piece in pieces)
        result = self.exactly(node.operands[-1], pieces[-1]) if exact else pieces[-1]
        for index in range(len(pieces) - 2, -1, -1):
            operand, piece = node.operands[index], pieces[index]
            if not isinstance(operand, Reference) and not can_fail(node.operands[index + 1]):
                made = self.exactly(operand, piece) if exact else piece
                text = self.helper("coalesce", made.text, result.text).text
                result = Python(text, exact=exact)
                continue
            chosen = self._present(operand, piece)
            if exact and not piece.exact:
                chosen = self._made_exact(operand, chosen)
            test = f"{piece.over(Level.COMPARISON)} is not None"
            text = f"{chosen.over(Level.CONDITIONAL)} if {test} else {result.text}"
            result = Python(text, Level.CONDITIONAL, exact)
        return result

    def extremum(self, node: Extremum) -> Python:
        """min and max."""
        pieces = self.alike(node.operands)
        text = f"{node.function}({', '.join(piece.text for piece in pieces)})"
        return Python(text, exact=pieces[0].exact)

    def arithmetic(self, node: Arithmetic) -> Python:
        """A binary operation."""
        return python_arithmetic.arithmetic(self, node)

    def negate(self, node: Negate) -> Python:
        """Unary minus."""
        return python_arithmetic.negate(self, node)

    def absolute(self, node: Absolute) -> Python:
        """abs."""
        return python_arithmetic.absolute(self, node)

    def round(self, node: Round) -> Python:
        """Rounding half to even, which is what round() does with decimals."""
        return python_arithmetic.rounded(self, node)

    def to_decimal(self, node: ToDecimal) -> Python:
        """A Decimal made from an int."""
        operand = self.python(node.operand).text
        if node.nullable:
            return self.helper("to_decimal", operand)
        return Python(f"{self.standard('decimal', 'Decimal')}({operand})")

    def length(self, node: Length) -> Python:
        """len."""
        return Python(f"len({self.python(node.operand).text})")

    def lower(self, node: Lower) -> Python:
        """str.lower."""
        return Python(f"{self.python(node.operand).at(Level.PRIMARY)}.lower()")

    def now(self, node: Now) -> Python:
        """The time of the transaction."""
        del node
        return Python(self.names.now)

    def day(self, node: Day) -> Python:
        """The date in the time zone."""
        return python_arithmetic.day(self, node)

    def month(self, node: Month) -> Python:
        """The first day of the month."""
        day = self.python(node.operand)
        source = day.at(Level.PRIMARY)
        if day.exact:
            return Python(f"{source}.first_of_month", exact=True)
        return Python(f"{source}.replace(day=1)")

    def year(self, node: Year) -> Python:
        """The year."""
        return Python(f"{self.python(node.operand).at(Level.PRIMARY)}.year")

    def span(self, node: Span) -> Python:
        """A timedelta."""
        return python_arithmetic.span(self, node)

    def aggregate(self, node: Aggregate) -> Python:
        """A generator over the rows, in a function that reduces it."""
        return python_aggregates.aggregate(self, node)


def quoted(text: str) -> str:
    """The text as a Python literal, in double quotes where that is plain."""
    plain = text.isprintable() and "\\" not in text and '"' not in text
    return f'"{text}"' if plain else repr(text)


_WRITERS: dict[type, Callable[[Compiler, Any], Python]] = {
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
