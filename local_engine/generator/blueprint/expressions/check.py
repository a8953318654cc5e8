"""Checks the text of an expression against a scope and gives its typed form."""

from __future__ import annotations

from local_engine.generator.blueprint.expressions.checker import Checker
from local_engine.generator.blueprint.expressions.expression import Expression
from local_engine.generator.blueprint.expressions.facts import NOTHING
from local_engine.generator.blueprint.expressions.parse import parse, unparse
from local_engine.generator.blueprint.expressions.problems import ExpressionErrors
from local_engine.generator.blueprint.expressions.scope import Scope
from local_engine.generator.blueprint.expressions.types import Type


def check(
    text: str,
    scope: Scope,
    *,
    expect: Type | None = None,
    allow_missing: bool = False,
    time_zone: str = "UTC",
) -> Expression:
    """The checked expression.

    `expect` is the type that its value must have: text literals are then read as that type, and
    integers become decimals; unless `allow_missing` is set, the value must always be there.
    `time_zone` (an IANA name) is where days begin. Raises ExpressionErrors with all problems.
    """
    tree = parse(text)
    checker = Checker(scope, time_zone)
    node = checker.visit(tree, NOTHING)
    if expect is not None:
        node = checker.expected(tree, node, expect, allow_missing=allow_missing)
    if checker.problems:
        raise ExpressionErrors(text, checker.problems)
    return Expression(unparse(tree), node)
