"""Python source that another compiler wrote, taken apart so that it can be laid out."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from local_engine.generator.emit.python.expressions import (
    Attribute,
    Call,
    Conditional,
    Constant,
    Expression,
    Import,
    Infix,
    Name,
    Prefixed,
    Sequence,
    Source,
    Subscript,
)
from local_engine.generator.emit.python.symbols import Symbol

_OPERATORS: dict[type[ast.AST], str] = {
    ast.And: "and",
    ast.Or: "or",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.BitOr: "|",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Not: "not ",
    ast.USub: "-",
}


def parse_expression(source: str, symbols: Iterable[Symbol] = ()) -> Expression:
    """The expression of a source text; names of `symbols` become imports.

    Raises SyntaxError for source that is no expression.
    """
    imports = {symbol.bare: symbol for symbol in symbols}
    return _Parser(imports).expression(ast.parse(source, mode="eval").body)


class _Parser:
    """Turns nodes of `ast` into expressions."""

    def __init__(self, imports: dict[str, Symbol]) -> None:
        self._imports = imports

    def expression(self, node: ast.expr) -> Expression:
        """One expression. What is not known here is written out as it is."""
        match node:
            case ast.Name(id=name):
                symbol = self._imports.get(name)
                return Name(name) if symbol is None else Import(symbol)
            case ast.Constant(value=str() | bool() | int() | float() | None as value):
                return Constant(value)
            case ast.Attribute(value=value, attr=name):
                return Attribute(self.expression(value), name)
            case ast.Subscript(value=value, slice=index):
                return Subscript(self.expression(value), (self.expression(index),))
            case ast.Call():
                return self._call(node)
            case ast.UnaryOp(op=operator, operand=operand):
                return Prefixed(_OPERATORS[type(operator)], self.expression(operand))
            case ast.BoolOp(op=operator, values=values):
                return self._infix(operator, values)
            case ast.BinOp(left=left, op=operator, right=right):
                return self._infix(operator, [left, right])
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                return self._infix(operator, [left, right])
            case ast.IfExp(test=test, body=then, orelse=otherwise):
                return Conditional(
                    self.expression(test), self.expression(then), self.expression(otherwise)
                )
            case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
                brackets = {ast.Tuple: "()", ast.List: "[]", ast.Set: "{}"}[type(node)]
                return Sequence(tuple(map(self.expression, items)), brackets)
        return self._verbatim(node)

    def _infix(self, operator: ast.AST, operands: Iterable[ast.expr]) -> Infix:
        return Infix(_OPERATORS[type(operator)], tuple(map(self.expression, operands)))

    def _call(self, node: ast.Call) -> Expression:
        if any(keyword.arg is None for keyword in node.keywords):
            return self._verbatim(node)
        named = {str(keyword.arg): self.expression(keyword.value) for keyword in node.keywords}
        return Call(self.expression(node.func), tuple(map(self.expression, node.args)), named)

    def _verbatim(self, node: ast.expr) -> Source:
        used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        symbols = tuple(symbol for name, symbol in self._imports.items() if name in used)
        return Source(ast.unparse(node), symbols)
