"""From text to Python's syntax tree, with limits that make any text safe to read.

Only `ast.parse` ever reads the text. Decimals keep the digits that were written: a constant like
0.10 holds a `Decimal`, never a float.
"""

from __future__ import annotations

import ast
import copy
import re
import warnings
from decimal import Decimal

from local_engine.generator.blueprint.expressions.problems import (
    ExpressionErrors,
    ExpressionProblem,
)
from local_engine.generator.blueprint.expressions.types import INTEGER_MAX

MAX_LENGTH = 2_000
"""Most characters of an expression."""
MAX_DEPTH = 50
"""How deeply the parts of an expression may be nested."""
_MAX_WHOLE_DIGITS = 19
_MAX_SCALE = 20

_DECIMAL = re.compile(r"(?P<whole>[\d_]*)\.(?P<fraction>\d[\d_]*)")
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_HINTS = (
    (re.compile(r"&&"), "Write `and` instead of `&&`."),
    (re.compile(r"\|\|"), "Write `or` instead of `||`."),
    (re.compile(r"!(?!=)"), "Write `not` instead of `!`."),
    (re.compile(r"<>"), "Write `!=` instead of `<>`."),
    (re.compile(r"(?<![=!<>:])=(?!=)"), "Write `==` to compare."),
    (re.compile(r"\bIS\s+(NOT\s+)?NULL\b"), "Write `is None` or `is not None`."),
    (re.compile(r"\?"), "Write `a if condition else b`."),
)


def parse(text: str) -> ast.expr:
    """The syntax tree of an expression.

    `true`, `false` and `null` are read as True, False and None. Raises ExpressionErrors if the
    text is empty, too long, too deeply nested or not an expression.
    """
    flat = re.sub(r"\s", " ", text)
    source = flat.strip()
    if not source:
        raise _refusal(text, "The expression is empty.", 1)
    if len(source) > MAX_LENGTH:
        raise _refusal(
            text,
            f"The expression has {len(source)} characters; at most {MAX_LENGTH} are allowed."
            " Split it into several rules.",
            1,
        )
    start = len(flat) - len(flat.lstrip())
    tree = _read(text, source, start)
    if _depth(tree) > MAX_DEPTH:
        raise _refusal(text, f"The expression is nested more than {MAX_DEPTH} levels deep.", 1)
    prepare = _Prepare(source, start)
    prepared = prepare.visit(tree)
    if prepare.problems:
        raise ExpressionErrors(text, prepare.problems)
    assert isinstance(prepared, ast.expr)
    return prepared


def unparse(tree: ast.expr) -> str:
    """The canonical text of a tree: Python's spacing, quotes and parentheses."""
    if any(isinstance(getattr(node, "value", None), Decimal) for node in ast.walk(tree)):
        tree = _Written().visit(copy.deepcopy(tree))
    return ast.unparse(tree)


def _refusal(text: str, message: str, column: int) -> ExpressionErrors:
    return ExpressionErrors(text, [ExpressionProblem(message, column)])


def _read(text: str, source: str, start: int) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source, mode="eval").body
    except SyntaxError as error:
        column = start + (error.offset or 1)
        bare = _STRING.sub("''", source)
        advice = next((advice for pattern, advice in _HINTS if pattern.search(bare)), "")
        raise _refusal(text, f"This is not an expression. {advice}".rstrip(), column) from None
    except (RecursionError, MemoryError, ValueError, OverflowError):
        raise _refusal(text, "This cannot be read as an expression.", 1) from None


def _depth(tree: ast.AST) -> int:
    deepest = 0
    waiting: list[tuple[ast.AST, int]] = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting.extend(
            (part, depth + isinstance(part, ast.expr)) for part in ast.iter_child_nodes(node)
        )
    return deepest


class _Prepare(ast.NodeTransformer):
    """Makes constants exact, and positions count characters of the text from 0."""

    def __init__(self, source: str, start: int) -> None:
        self._source = source
        self._bytes = source.encode()
        self._start = start
        self.problems: list[ExpressionProblem] = []
        comment = _STRING.sub(lambda found: "_" * len(found[0]), source).find("#")
        if comment >= 0:
            self._refuse("A comment is not possible here.", start + comment)

    def visit(self, node: ast.AST) -> ast.AST:
        """Corrects the position of every node on the way."""
        if isinstance(node, ast.expr):
            segment = self._characters(node.col_offset, node.end_col_offset)
            node.col_offset = self._start + self._characters(0, node.col_offset)
            node.end_col_offset = node.col_offset + segment
        visited = super().visit(node)
        assert isinstance(visited, ast.AST)
        return visited

    def _characters(self, begin: int, end: int | None) -> int:
        return len(self._bytes[begin:end].decode(errors="ignore"))

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Reads the words that people know from YAML."""
        words = {"true": True, "false": False, "null": None}
        if node.id in words:
            return ast.copy_location(ast.Constant(words[node.id]), node)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        """Checks sizes, and reads decimals from what was written."""
        value = node.value
        if isinstance(value, str) and _unstorable(value):
            self._refuse("This text has a character that cannot be stored.", node.col_offset)
        elif isinstance(value, int) and abs(value) > INTEGER_MAX:
            self._refuse("This number is too large.", node.col_offset)
        elif isinstance(value, float):
            node.value = self._decimal(node)  # type: ignore[assignment]
        return node

    def _decimal(self, node: ast.Constant) -> Decimal:
        begin = node.col_offset - self._start
        written = self._source[begin : begin + (node.end_col_offset or 0) - node.col_offset]
        match = _DECIMAL.fullmatch(written)
        if match is None:
            self._refuse("Write this number with digits and a point only.", node.col_offset)
            return Decimal(0)
        number = Decimal(written)
        whole, fraction = (part.replace("_", "") for part in match.groups())
        if len(whole.lstrip("0")) > _MAX_WHOLE_DIGITS or len(fraction) > _MAX_SCALE:
            self._refuse("This number has too many digits.", node.col_offset)
        return number

    def _refuse(self, message: str, position: int) -> None:
        self.problems.append(ExpressionProblem(message, position + 1))


class _Written(ast.NodeTransformer):
    """Decimals as they are written: a name prints as it is."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        """Replaces a decimal by its digits."""
        value: object = node.value
        return ast.Name(format(value, "f")) if isinstance(value, Decimal) else node


def _unstorable(text: str) -> bool:
    return "\0" in text or any("\ud800" <= character <= "\udfff" for character in text)
