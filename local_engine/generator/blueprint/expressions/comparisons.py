"""Checks comparisons, `in` and `is None`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from local_engine.generator.blueprint.expressions.facts import Facts, fact
from local_engine.generator.blueprint.expressions.literals import fitted
from local_engine.generator.blueprint.expressions.messages import quoted, written
from local_engine.generator.blueprint.expressions.nodes import (
    Comparison,
    ListMembership,
    Literal,
    Membership,
    Node,
    NullTest,
    Reference,
    is_constant,
)
from local_engine.generator.blueprint.expressions.operators import comparable
from local_engine.generator.blueprint.expressions.types import (
    DateTimeType,
    DateType,
    JsonType,
    ListType,
    NoneType,
    RowType,
    Type,
    UnknownType,
    describe,
)

if TYPE_CHECKING:
    from local_engine.generator.blueprint.expressions.checker import Checker

_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


def comparison(checker: Checker, tree: ast.Compare, facts: Facts) -> Node:
    """The node of any comparison."""
    special = [kind for kind in tree.ops if type(kind) not in _SIGNS]
    if not special:
        return _chain(checker, tree, facts)
    if len(tree.ops) > 1:
        return checker.refuse(
            tree, "`in` and `is` cannot stand in a chain of comparisons; join them with `and`."
        )
    negated = isinstance(tree.ops[0], ast.NotIn | ast.IsNot)
    if isinstance(tree.ops[0], ast.Is | ast.IsNot):
        return _null_test(checker, tree, negated, facts)
    return _membership(checker, tree, negated, facts)


def _null_test(checker: Checker, tree: ast.Compare, negated: bool, facts: Facts) -> Node:
    right = tree.comparators[0]
    node = checker.visit(tree.left, facts)
    if not (isinstance(right, ast.Constant) and right.value is None):
        sign = "!=" if negated else "=="
        return checker.refuse(tree, f"`is` only goes with None; write `{sign}` to compare values.")
    if isinstance(node.type, UnknownType):
        return node
    if not node.nullable and fact(node) not in facts:
        return checker.refuse(
            tree, f"{quoted(tree.left)} always has a value, so this test decides nothing."
        )
    return NullTest(node, negated)


def _chain(checker: Checker, tree: ast.Compare, facts: Facts) -> Node:
    trees = [tree.left, *tree.comparators]
    if any(isinstance(part, ast.Constant) and part.value is None for part in trees):
        negation = "is not" if isinstance(tree.ops[0], ast.NotEq) else "is"
        other = next(part for part in trees if not _is_none(part))
        return checker.refuse(
            tree, f"Nothing can be compared with None; write `{written(other)} {negation} None`."
        )
    nodes = [checker.value(part, facts) for part in trees]
    for index, kind in enumerate(tree.ops):
        left, right = nodes[index], nodes[index + 1]
        left = fitted(checker, trees[index], left, right.type)
        right = fitted(checker, trees[index + 1], right, left.type)
        nodes[index : index + 2] = [left, right]
        if not comparable(_SIGNS[type(kind)], left.type, right.type):
            message = _incomparable(
                trees[index], left.type, _SIGNS[type(kind)], trees[index + 1], right.type
            )
            checker.refuse(trees[index], message)
        elif is_constant(left) and is_constant(right):
            return checker.refuse(
                tree, f"{quoted(tree)} compares constants; it is always the same."
            )
    return Comparison(tuple(nodes), tuple(_SIGNS[type(kind)] for kind in tree.ops))


def _is_none(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Constant) and tree.value is None


def _incomparable(
    left_tree: ast.expr, left: Type, sign: str, right_tree: ast.expr, right: Type
) -> str:
    names = f"{quoted(left_tree)} is {describe(left)}"
    if type(left) is type(right) and not (isinstance(left, RowType) and left.name != right.name):  # type: ignore[union-attr]
        if sign in ("==", "!="):
            what = f"{describe(left)} and {describe(right)}"
            return f"{quoted(left_tree)} and {quoted(right_tree)} can never be equal: {what}."
        return f"{names}, which has no order: `{sign}` cannot compare it."
    message = f"{names} and cannot be compared with {quoted(right_tree)}, {describe(right)}."
    if {type(left), type(right)} == {DateType, DateTimeType}:
        time_tree = left_tree if isinstance(left, DateTimeType) else right_tree
        message += f" Write `day({written(time_tree)})`."
    return message


def _membership(checker: Checker, tree: ast.Compare, negated: bool, facts: Facts) -> Node:
    right = tree.comparators[0]
    item = checker.value(tree.left, facts)
    if is_constant(item) and isinstance(right, ast.List | ast.Tuple | ast.Set):
        return checker.refuse(tree, f"{quoted(tree)} compares constants; it is always the same.")
    if not isinstance(right, ast.List | ast.Tuple | ast.Set):
        return _list_membership(checker, tree, item, negated, facts)
    if not right.elts:
        return checker.refuse(right, "This list is empty, so nothing is ever in it.")
    options = []
    for element in right.elts:
        node = fitted(checker, element, checker.visit(element, facts), item.type)
        if isinstance(node.type, UnknownType):
            continue
        if not isinstance(node, Literal) or isinstance(node.type, NoneType):
            checker.refuse(
                element, f"{quoted(element)} is not a plain value; a list has only those."
            )
        elif not comparable("==", item.type, node.type):
            checker.refuse(element, _incomparable(tree.left, item.type, "==", element, node.type))
        else:
            options.append(node)
    return Membership(item, tuple(options), negated)


def _list_membership(
    checker: Checker, tree: ast.Compare, item: Node, negated: bool, facts: Facts
) -> Node:
    right = tree.comparators[0]
    items = checker.value(right, facts)
    if isinstance(items.type, UnknownType):
        return items
    if not (isinstance(items, Reference) and isinstance(items.type, ListType)):
        return checker.refuse(
            right,
            f"`in` needs a list such as ['a', 'b']; {quoted(right)} is {describe(items.type)}.",
        )
    item = fitted(checker, tree.left, item, items.type.item)
    if isinstance(item.type, JsonType) or not comparable("==", item.type, items.type.item):
        return checker.refuse(
            tree.left,
            f"{quoted(tree.left)} is {describe(item.type)}, but {quoted(right)} has"
            f" {describe(items.type.item)} in it.",
        )
    return ListMembership(item, items, negated)
