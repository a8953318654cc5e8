"""Derived fields: an aggregate over the rows of a to-many relation, kept right all the time."""

from __future__ import annotations

import ast
import re
from typing import NoReturn

from local_engine.generator.blueprint import resolved
from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.expressions.types import (
    DateTimeType,
    DateType,
    IntegerType,
    MoneyType,
    Type,
    describe,
    is_number,
)
from local_engine.generator.blueprint.problems import Path, closest
from local_engine.generator.blueprint.resolved import FieldType as T
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.outline import Outline
from local_engine.generator.blueprint.resolving.shapes import Names

_FUNCTIONS = ("sum", "count", "avg", "min", "max")
_EXAMPLE = "Write it like sum(lines.amount) or count(lines, where=done)."


def read_derived(
    context: Context, outline: Outline, text: str, field: resolved.Field, path: Path
) -> resolved.Derived | None:
    """The aggregate that a derived field is; None (and noted problems) if it is refused."""
    try:
        return _Derivation(context, outline, text, field, path).read()
    except _Refused:
        return None


class _Refused(Exception):
    """The reason has been told."""


class _Derivation:
    def __init__(
        self, context: Context, outline: Outline, text: str, field: resolved.Field, path: Path
    ) -> None:
        self._context = context
        self._outline = outline
        self._text = text
        self._field = field
        self._path = path

    def read(self) -> resolved.Derived | None:
        call = self._call()
        if call is None:
            return None
        function, argument, where = call
        many, value_text = self._many(argument)
        if many is None:
            return None
        child = self._context.outlines[self._outline.to_many[many].of]
        scope = Names(self._context.shapes[child.name])
        value = None
        if function == "count":
            if value_text is not None:
                self._refuse(f"`count` counts rows: write `count({many}, where=...)`.")
        elif value_text is None:
            self._refuse(f"Say which value: `{function}({many}.field)`.")
        else:
            value = self._context.expression(value_text, scope, self._path, allow_missing=True)
            if value is None or not self._fits(function, value, child):
                return None
        condition = None
        if where is not None:
            condition = self._context.condition(where, scope, self._path)
            if condition is None or not self._only_own(condition, child, "where"):
                return None
        if function == "count" and self._field.type is not T.INTEGER:
            self._refuse("A count is of the type integer.", "type-mismatch")
        return resolved.Derived(function, many, value, condition)

    def _error(self, message: str, code: str = "derived") -> None:
        self._context.error(self._path, code, message)

    def _refuse(self, message: str, code: str = "derived") -> NoReturn:
        self._error(message, code)
        raise _Refused

    def _call(self) -> tuple[str, ast.expr, str | None] | None:
        try:
            tree = ast.parse(re.sub(r"\s", " ", self._text.strip()), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self._refuse(f"This is not an aggregate. {_EXAMPLE}")
        if not (isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name)):
            self._refuse(f"A derived field is one aggregate. {_EXAMPLE}")
        function = tree.func.id
        if function not in _FUNCTIONS:
            suggestion = closest(function, _FUNCTIONS)
            message = f"`{function}` is not one of {', '.join(_FUNCTIONS)}."
            self._context.error(self._path, "derived", message, suggestion)
            return None
        keywords = {keyword.arg: keyword.value for keyword in tree.keywords}
        if len(tree.args) != 1 or set(keywords) - {"where"}:
            self._refuse(f"`{function}` takes one value, and `where=`. {_EXAMPLE}")
        where = keywords.get("where")
        return function, tree.args[0], ast.unparse(where) if where is not None else None

    def _many(self, argument: ast.expr) -> tuple[str | None, str | None]:
        """The relation that the argument is about, and the value's text over one child."""
        called = {id(node.func) for node in ast.walk(argument) if isinstance(node, ast.Call)}
        roots = dict.fromkeys(
            node.id
            for node in ast.walk(argument)
            if isinstance(node, ast.Name) and id(node) not in called
        )
        known = self._outline.to_many
        found = [name for name in roots if name in known]
        if found and len(roots) > 1:
            other = next(name for name in roots if name != found[0])
            self._refuse(f"The value of a derived field cannot read `{other}`: only {found[0]}.")
            return None, None
        if not found:
            name = next(iter(roots), ast.unparse(argument))
            if name not in self._outline.broken:
                what = f"{self._outline.name} has no to-many relation `{name}`."
                if name in self._outline.links:
                    what = f"`{name}` are links; derive over a relation with `many`."
                suggestion = closest(name, known)
                self._context.error(self._path, "unknown-relation", what, suggestion)
            return None, None
        many = found[0]
        if isinstance(argument, ast.Name):
            return many, None
        return many, ast.unparse(_Unprefixed(many).visit(argument))

    def _fits(self, function: str, value: Expression, child: Outline) -> bool:
        if not self._only_own(value, child, "value"):
            return False
        wanted = _result(function, value.type)
        if wanted is None:
            self._refuse(f"`{function}` is not possible for {describe(value.type)}.")
            return False
        if self._field.type not in wanted:
            names = " or ".join(sorted(wanted))
            self._refuse(
                f"The field is of the type {self._field.type}, but this is {names}.",
                "type-mismatch",
            )
            return False
        return True

    def _only_own(self, expression: Expression, child: Outline, what: str) -> bool:
        reason = None
        if expression.uses_now:
            reason = "the clock: a value that is kept must not change by itself"
        elif expression.reads_many:
            reason = "further rows: derive a field of the child first"
        else:
            far = [path for path in sorted(expression.paths()) if len(path) > 1]
            if far:
                reason = f"`{'.'.join(far[0])}`: only the own fields of {child.name}"
        if reason is not None:
            self._refuse(f"The {what} of a derived field cannot read {reason}.")
        return reason is None


class _Unprefixed(ast.NodeTransformer):
    """Takes `lines.` off the names in the argument of an aggregate."""

    def __init__(self, many: str) -> None:
        self._many = many

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """`lines.amount` becomes `amount`."""
        if isinstance(node.value, ast.Name) and node.value.id == self._many:
            return ast.Name(node.attr, ast.Load())
        self.generic_visit(node)
        return node


def _result(function: str, type_: Type) -> set[T] | None:
    """The field types that can hold an aggregate of values of a type."""
    if is_number(type_):
        if isinstance(type_, MoneyType):
            return {T.MONEY}
        if isinstance(type_, IntegerType) and function != "avg":
            return {T.INTEGER}
        return {T.DECIMAL}
    if function in ("min", "max"):
        if isinstance(type_, DateType):
            return {T.DATE}
        if isinstance(type_, DateTimeType):
            return {T.DATETIME}
    return None
