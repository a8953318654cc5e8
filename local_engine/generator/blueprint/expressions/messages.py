"""The wording of problems that concern the shape of an expression."""

from __future__ import annotations

import ast

from local_engine.generator.blueprint.expressions.parse import unparse

_LONGEST_QUOTE = 60
_FORBIDDEN: dict[type[ast.AST], str] = {
    ast.Lambda: "A function cannot be written inside an expression.",
    ast.Subscript: "Square brackets after a name are not possible; only lists of values have them.",
    ast.JoinedStr: "Texts that are put together (f'...') are not possible here.",
    ast.NamedExpr: "Nothing can be assigned inside an expression.",
    ast.List: "A list of values can only stand after `in`.",
    ast.Tuple: "A list of values can only stand after `in`, in square brackets.",
    ast.Set: "A list of values can only stand after `in`, in square brackets.",
    ast.Dict: "Braces are not possible here. If this is YAML, put the expression in quotes.",
    ast.UAdd: "A plus sign before a value is not needed.",
    ast.Invert: "`~` is not possible here; write `not`.",
    ast.Pow: "Powers (`**`) are not possible here.",
    ast.BitAnd: "`&` is not possible here; write `and`.",
    ast.BitOr: "`|` is not possible here; write `or`.",
    ast.BitXor: "`^` is not possible here.",
    ast.Starred: "`*` before a name is not possible here.",
}


def quoted(tree: ast.AST) -> str:
    """The part of the expression as messages name it."""
    text = written(tree)
    return f"`{text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 3] + '...'}`"


def written(tree: ast.AST) -> str:
    """The part of the expression as text."""
    return unparse(tree) if isinstance(tree, ast.expr) else ast.unparse(tree)


def forbidden(tree: ast.expr) -> str:
    """Why this construct of Python is not part of the language, and what to do instead."""
    inner = getattr(tree, "op", tree)
    for kind in (type(inner), type(tree)):
        if kind in _FORBIDDEN:
            return _FORBIDDEN[kind]
    return "This construct is not part of the expression language."
