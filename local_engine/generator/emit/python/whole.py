"""The layout of an expression that is the whole of a right-hand side or condition.

There it may get brackets that it would not have inside of others.
"""

from __future__ import annotations

import re

from local_engine.generator.emit.python.expressions import (
    Call,
    Dictionary,
    Expression,
    Infix,
    Lambda,
    Prefixed,
    Sequence,
    Subscript,
    TextBlock,
    bracketed,
    flat,
    flat_text,
    level_of,
)
from local_engine.generator.emit.python.layout import Doc, Either, optional_parentheses
from local_engine.generator.emit.python.symbols import Scope

_WITH_BRACKETS = (Call, Subscript, Sequence, Dictionary, TextBlock, Lambda)
"""What breaks inside brackets of its own, or cannot break."""


def on_its_own(expression: Expression, scope: Scope) -> Doc:
    """The expression as the whole of a right-hand side or condition."""
    doc = expression.doc(scope)
    operand = expression
    while isinstance(operand, Prefixed):
        operand = operand.operand
    if isinstance(operand, _WITH_BRACKETS):
        return doc
    in_brackets = optional_parentheses(doc)
    if isinstance(operand, Infix) and len(operand.operands) == 2:
        return _either(expression, operand, scope, in_brackets)
    return in_brackets


def _either(whole: Expression, infix: Infix, scope: Scope, in_brackets: Doc) -> Doc:
    """The layout of one operator between two operands, perhaps behind a prefix.

    If brackets are at the end, they (and others before) break rather than that brackets are put
    around it all; as long as the line up to the first of them is short enough.
    """
    last = infix.operands[-1]
    if level_of(last) > infix.level and not _ends_in_brackets(last):
        return in_brackets
    first, end = (bracketed(part, scope, infix.level + 1) for part in infix.operands)
    text, operator = flat(whole, scope), f" {infix.operator} "
    prefix = text.removesuffix(f"{flat_text(first)}{operator}{flat_text(end)}")
    if prefix == text:
        return in_brackets
    head = _FIRST_BRACKET.split(text, maxsplit=1)[0] + "("
    return Either(head, (prefix, first, operator, end), in_brackets)


_FIRST_BRACKET = re.compile(r"[(\[{]")


def _ends_in_brackets(expression: Expression) -> bool:
    """Whether a pair of brackets with something in it is the end.

    Those of a subscript do not count: a line break there would look odd.
    """
    match expression:
        case Call():
            return bool(expression.arguments or expression.keywords)
        case Sequence():
            return bool(expression.items)
        case Dictionary():
            return bool(expression.entries)
    return False
