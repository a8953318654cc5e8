"""Expressions: a small subset of Python's, checked against a scope and compiled three ways."""

from local_engine.generator.blueprint.expressions.check import check
from local_engine.generator.blueprint.expressions.evaluate import Environment, evaluate
from local_engine.generator.blueprint.expressions.expression import Expression, round_to
from local_engine.generator.blueprint.expressions.parse import parse
from local_engine.generator.blueprint.expressions.problems import (
    ExpressionError,
    ExpressionErrors,
    ExpressionProblem,
)
from local_engine.generator.blueprint.expressions.scope import (
    Attribute,
    EntityShape,
    Scope,
    Symbol,
    SymbolKind,
)

__all__ = [
    "Attribute",
    "EntityShape",
    "Environment",
    "Expression",
    "ExpressionError",
    "ExpressionErrors",
    "ExpressionProblem",
    "Scope",
    "Symbol",
    "SymbolKind",
    "check",
    "evaluate",
    "parse",
    "round_to",
]
