"""Checks count, sum, avg, min, max, any and all over the rows of a to-many relation."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from local_engine.generator.blueprint.expressions.facts import Facts, fact, facts_when
from local_engine.generator.blueprint.expressions.messages import quoted, written
from local_engine.generator.blueprint.expressions.nodes import (
    UNKNOWN,
    Aggregate,
    Element,
    Name,
    Node,
    Reference,
    Source,
    path_of,
)
from local_engine.generator.blueprint.expressions.operators import ordered
from local_engine.generator.blueprint.expressions.reach import clipped, scale_and_whole
from local_engine.generator.blueprint.expressions.types import (
    DIVISION_SCALE,
    MAX_DURATION_DAYS,
    MAX_ROWS,
    BooleanType,
    DecimalType,
    DurationType,
    IntegerType,
    ManyType,
    MoneyType,
    RecordType,
    RowType,
    Type,
    UnknownType,
    describe,
)

if TYPE_CHECKING:
    from local_engine.generator.blueprint.expressions.checker import Checker

NAMES = ("count", "sum", "avg", "min", "max", "any", "all")
EXAMPLES = {
    "count": "count(lines)",
    "sum": "sum(lines.amount)",
    "avg": "avg(reviews.rating)",
    "min": "min(lines.price)",
    "max": "max(lines.price)",
    "any": "any(lines.quantity > 3)",
    "all": "all(lines.quantity > 3)",
}
_ROWS_DIGITS = len(str(MAX_ROWS)) - 1


class Collector:
    """Gathers the to-many relations that the argument of an aggregate goes through.

    They must form one chain: `orders`, then `orders.lines`.
    """

    def __init__(self) -> None:
        self.sources: list[Source] = []

    @property
    def described(self) -> str:
        """The rows that were found first, as they are written."""
        root, steps = path_of(self.sources[0].many)
        return ".".join([root.name, *steps] if isinstance(root, Name) else steps)

    def element(self, many: Reference, depth: int) -> Element | None:
        """The element of a to-many relation; None if it is not part of the chain."""
        assert isinstance(many.type, ManyType)
        for source in self.sources:
            if fact(source.many) == fact(many):
                return _element(source)
        if self.sources:
            root, _ = path_of(many)
            if not (isinstance(root, Element) and root.index == self.sources[-1].index):
                return None
        source = Source(depth + len(self.sources), many, many.type)
        self.sources.append(source)
        return _element(source)


def _element(source: Source) -> Element:
    entity = source.type.entity
    return Element(source.index, RecordType(entity) if source.type.records else RowType(entity))


def aggregate(checker: Checker, tree: ast.Call, facts: Facts) -> Node:
    """The node of an aggregate."""
    function = written(tree.func)
    where = _where(checker, tree, function)
    if checker.collector is not None:
        return checker.refuse(
            tree,
            f"{quoted(tree)} stands inside the argument of another such function."
            " Put the condition into `where=...`.",
        )
    if len(tree.args) != 1:
        return checker.refuse(
            tree, f"`{function}` takes one argument, such as `{EXAMPLES[function]}`."
        )
    collector = _collected(checker, tree.args[0], facts)
    if not collector.sources:
        return _without_rows(checker, tree, function, facts)
    before = checker.depth
    checker.depth += len(collector.sources)
    condition = None
    if where is not None:
        checker.frames.append(_element(collector.sources[-1]))
        condition = checker.condition(where, facts)
        checker.frames.pop()
        facts = facts | facts_when(condition, True)
    checker.depth = before
    checker.collector = collector
    body = checker.visit(tree.args[0], facts)
    checker.collector = None
    return _typed(checker, tree, function, tuple(collector.sources), condition, body)


def _where(checker: Checker, tree: ast.Call, function: str) -> ast.expr | None:
    where = None
    for keyword in tree.keywords:
        if keyword.arg == "where":
            where = keyword.value
        else:
            name = f"`{keyword.arg}=`" if keyword.arg else "`**`"
            checker.refuse(keyword.value, f"`{function}` knows `where=`, not {name}.", "where")
    return where


def _collected(checker: Checker, argument: ast.expr, facts: Facts) -> Collector:
    """Finds the rows that the argument is about; its problems are found later."""
    collector = Collector()
    known = len(checker.problems)
    checker.collector = collector
    checker.visit(argument, facts)
    checker.collector = None
    del checker.problems[known:]
    return collector


def _without_rows(checker: Checker, tree: ast.Call, function: str, facts: Facts) -> Node:
    known = len(checker.problems)
    checker.visit(tree.args[0], facts)
    if len(checker.problems) == known:
        checker.refuse(
            tree,
            f"`{function}` works over the rows of a to-many relation,"
            f" such as `{EXAMPLES[function]}`; {quoted(tree.args[0])} is not one.",
        )
    return UNKNOWN


def _typed(
    checker: Checker,
    tree: ast.Call,
    function: str,
    sources: tuple[Source, ...],
    where: Node | None,
    body: Node,
) -> Node:
    if isinstance(body.type, UnknownType):
        return body
    rows = isinstance(body, Element)
    if function == "count":
        if not rows:
            many = quoted(tree.args[0])
            return checker.refuse(
                tree,
                f"`count` counts rows; {many} is {describe(body.type)}."
                " To count some rows only: `count(lines, where=...)`.",
            )
        return Aggregate(function, sources, where, None, IntegerType(0, MAX_ROWS), False)
    if function in ("any", "all"):
        return _quantified(checker, tree, function, sources, where, body)
    type_ = _result(function, body.type)
    if type_ is None:
        return checker.refuse(
            tree, f"`{function}` is not possible for {quoted(tree.args[0])}, {describe(body.type)}."
        )
    return Aggregate(function, sources, where, body, type_, function != "sum")


def _quantified(
    checker: Checker,
    tree: ast.Call,
    function: str,
    sources: tuple[Source, ...],
    where: Node | None,
    body: Node,
) -> Node:
    """any and all: over a condition, or (any only) over rows that meet `where`."""
    argument = tree.args[0]
    if isinstance(body, Element):
        if function == "any":
            return Aggregate(function, sources, where, None, BooleanType(), nullable=False)
        return checker.refuse(
            tree, f"`all` needs a condition over {quoted(argument)}, such as `{EXAMPLES['all']}`."
        )
    if body.nullable:
        return checker.refuse(
            argument,
            f"{quoted(argument)} may be missing. Use `coalesce(...)`, or leave those rows out:"
            " `where=... is not None`.",
        )
    if not isinstance(body.type, BooleanType):
        return checker.refuse(
            argument,
            f"{quoted(argument)} is {describe(body.type)}, but `{function}` needs a condition,"
            f" such as `{EXAMPLES[function]}`.",
        )
    return Aggregate(function, sources, where, body, BooleanType(), nullable=False)


def _result(function: str, type_: Type) -> Type | None:
    """The type of sum, avg, min or max of values of a type; None if there is none."""
    if function in ("min", "max"):
        return type_ if ordered(type_) else None
    average = function == "avg"
    match type_:
        case IntegerType(low, high) if not average:
            return clipped((min(0, low * MAX_ROWS), max(0, high * MAX_ROWS)))
        case MoneyType(scale, whole):
            return MoneyType(DIVISION_SCALE if average else scale, whole + _ROWS_DIGITS)
        case IntegerType() | DecimalType():
            scale, whole = scale_and_whole(type_)
            return DecimalType(DIVISION_SCALE if average else scale, whole + _ROWS_DIGITS)
        case DurationType(_, whole_days) if not average:
            return DurationType(MAX_DURATION_DAYS // 2, whole_days)
        case _:
            return None
