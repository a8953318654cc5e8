"""A small typed form of Python code: built as data, printed as `ruff format` would print it.

The functions here are the short way to build it. Where they take an expression, a plain `str` is a
name that the module binds itself.
"""

from __future__ import annotations

from local_engine.generator.emit.python.expressions import (
    Attribute,
    Call,
    Conditional,
    Constant,
    Dictionary,
    Expression,
    Formatted,
    Import,
    Infix,
    Lambda,
    Name,
    Prefixed,
    Sequence,
    Source,
    Subscript,
    TextBlock,
)
from local_engine.generator.emit.python.module import Module
from local_engine.generator.emit.python.parsing import parse_expression
from local_engine.generator.emit.python.statements import (
    Assert,
    Assign,
    Blank,
    Class,
    Comment,
    Evaluate,
    For,
    Function,
    If,
    Parameter,
    Raise,
    Return,
    Statement,
)
from local_engine.generator.emit.python.symbols import Symbol

__all__ = [
    "NONE",
    "Assert",
    "Assign",
    "Attribute",
    "Blank",
    "Call",
    "Class",
    "Comment",
    "Conditional",
    "Constant",
    "Dictionary",
    "Evaluate",
    "Expression",
    "For",
    "Formatted",
    "Function",
    "If",
    "Import",
    "Infix",
    "Lambda",
    "Module",
    "Name",
    "Operand",
    "Parameter",
    "Prefixed",
    "Raise",
    "Return",
    "Sequence",
    "Source",
    "Statement",
    "Subscript",
    "Symbol",
    "TextBlock",
    "assign",
    "attribute",
    "await_",
    "call",
    "const",
    "expression",
    "imported",
    "listing",
    "mapping",
    "parameter",
    "parse_expression",
    "subscript",
    "union",
]

Operand = Expression | str
"""An expression, or the name of something that the module binds."""

NONE = Constant(None)


def expression(operand: Operand) -> Expression:
    """The operand as an expression."""
    return Name(operand) if isinstance(operand, str) else operand


def imported(module: str, name: str = "", alias: str = "") -> Import:
    """A name of another module."""
    return Import(Symbol(module, name, alias))


def const(value: str | int | float | bool | None) -> Constant:
    """A constant."""
    return Constant(value)


def call(function: Operand, /, *arguments: Operand, **keywords: Operand) -> Call:
    """A call."""
    named = {name: expression(value) for name, value in keywords.items()}
    return Call(expression(function), tuple(map(expression, arguments)), named)


def attribute(value: Operand, *names: str) -> Expression:
    """`value.name.name`."""
    found = expression(value)
    for name in names:
        found = Attribute(found, name)
    return found


def await_(value: Expression) -> Prefixed:
    """`await value`."""
    return Prefixed("await ", value)


def subscript(value: Operand, *items: Operand) -> Subscript:
    """`value[items]`."""
    return Subscript(expression(value), tuple(map(expression, items)))


def union(*types: Operand) -> Infix:
    """`A | B`."""
    return Infix("|", tuple(map(expression, types)))


def listing(*items: Operand) -> Sequence:
    """A list display."""
    return Sequence(tuple(map(expression, items)))


def mapping(*entries: tuple[Operand | None, Operand]) -> Dictionary:
    """A dict display; string keys are given as constants, a key None spreads its value."""
    return Dictionary(
        tuple(
            (None if key is None else expression(key), expression(value)) for key, value in entries
        )
    )


def assign(target: str, value: Operand, annotation: Operand | None = None) -> Assign:
    """`target = value`."""
    kind = None if annotation is None else expression(annotation)
    return Assign(target, expression(value), kind)


def parameter(name: str, annotation: Operand, default: Operand | None = None) -> Parameter:
    """A parameter with its type."""
    return Parameter(name, expression(annotation), None if default is None else expression(default))
