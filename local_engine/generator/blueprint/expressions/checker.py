"""The checker: from a syntax tree to a typed node, with all problems found at once.

Only a yes/no value is ever a condition; what may be missing must be guarded before it is compared
or reckoned with; an operation that would always fail is refused. Comparisons, functions and
aggregates are checked in modules of their own, which come back here for their parts.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from local_engine.generator.blueprint.expressions import comparisons, functions
from local_engine.generator.blueprint.expressions.aggregates import Collector
from local_engine.generator.blueprint.expressions.evaluate import Environment, evaluate_node
from local_engine.generator.blueprint.expressions.facts import Facts, fact, facts_when
from local_engine.generator.blueprint.expressions.failures import can_fail
from local_engine.generator.blueprint.expressions.literals import fitted, literal, negative
from local_engine.generator.blueprint.expressions.messages import forbidden, quoted, written
from local_engine.generator.blueprint.expressions.nodes import (
    UNKNOWN,
    Aggregate,
    And,
    Arithmetic,
    Conditional,
    Element,
    Literal,
    Member,
    Name,
    Negate,
    Node,
    Or,
    Reference,
    ToDecimal,
    is_constant,
    negation,
)
from local_engine.generator.blueprint.expressions.operators import arithmetic, joined
from local_engine.generator.blueprint.expressions.problems import (
    ExpressionError,
    ExpressionProblem,
    closest,
    hint,
)
from local_engine.generator.blueprint.expressions.reach import (
    clipped,
    scale_and_whole,
)
from local_engine.generator.blueprint.expressions.scope import Attribute, EntityShape, Scope
from local_engine.generator.blueprint.expressions.types import (
    MAX_DIGITS,
    MAX_DURATION_DAYS,
    BooleanType,
    DateTimeType,
    DateType,
    DecimalType,
    DurationType,
    IntegerType,
    ManyType,
    MoneyType,
    NoneType,
    RecordType,
    RowType,
    Type,
    UnknownType,
    assignable,
    describe,
    is_number,
)

_NO_NAMES = Environment(now=datetime(2000, 1, 1, tzinfo=UTC))
_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}
_VERBS = {
    "+": "added to",
    "-": "subtracted from",
    "*": "multiplied by",
    "/": "divided by",
    "//": "divided by",
    "%": "divided by",
}


class Checker:
    """Visits a syntax tree and collects problems; one is made for every expression.

    `frames` are the elements whose attributes are names of their own inside `where`; `collector`
    gathers the to-many relation that the argument of an aggregate runs over; `depth` is the
    number of elements around, from which their indexes are made.
    """

    def __init__(self, scope: Scope, time_zone: str) -> None:
        self.scope = scope
        self.time_zone = time_zone
        self.problems: list[ExpressionProblem] = []
        self.frames: list[Element] = []
        self.collector: Collector | None = None
        self.depth = 0

    def visit(self, tree: ast.expr, facts: Facts) -> Node:
        """The node for a tree, where `facts` are known to have a value."""
        match tree:
            case ast.Constant():
                return self._constant(tree)
            case ast.Name() | ast.Attribute():
                return self._reference(tree, facts)
            case ast.Compare():
                return comparisons.comparison(self, tree, facts)
            case ast.BoolOp():
                return self._boolean(tree, facts)
            case ast.UnaryOp(op=ast.Not()):
                return negation(self.condition(tree.operand, facts))
            case ast.UnaryOp(op=ast.USub()):
                return self._possible(tree, self._negation(tree, facts))
            case ast.BinOp() if type(tree.op) in _SIGNS:
                return self._possible(tree, self._arithmetic(tree, facts))
            case ast.IfExp():
                return self._conditional(tree, facts)
            case ast.Call():
                return self._possible(tree, _narrowed(functions.call(self, tree, facts), facts))
            case _:
                return self.refuse(tree, forbidden(tree))

    def value(self, tree: ast.expr, facts: Facts) -> Node:
        """A node whose value is always there."""
        node = self.visit(tree, facts)
        if isinstance(node.type, NoneType):
            return self.refuse(tree, "None is not a value; ask with `is None`.")
        if node.nullable:
            name = written(tree)
            guard = f"Guard it: `{name} is not None and ...`, or" if fact(node) else "Use"
            return self.refuse(
                tree,
                f"{quoted(tree)} may be missing. {guard} `coalesce({name}, ...)`"
                " to say what counts then.",
            )
        if isinstance(node.type, RecordType):
            return self.refuse(tree, f"{quoted(tree)} is not one value; name a part of it.")
        return node

    def condition(self, tree: ast.expr, facts: Facts) -> Node:
        """A node that is true or false."""
        node = self.value(tree, facts)
        if not isinstance(node.type, BooleanType | UnknownType):
            return self.refuse(
                tree,
                f"{quoted(tree)} is {describe(node.type)}, but a yes/no condition is needed here.",
            )
        if is_constant(node):
            return self.refuse(tree, f"{quoted(tree)} is always the same; leave it out.")
        return node

    def expected(self, tree: ast.expr, node: Node, expect: Type, *, allow_missing: bool) -> Node:
        """The whole expression as a value of the type that is wanted."""
        node = fitted(self, tree, node, expect)
        if not assignable(node.type, expect):
            return self.refuse(
                tree, f"This is {describe(node.type)}, but {describe(expect)} is needed here."
            )
        if node.nullable and not allow_missing:
            return self.refuse(
                tree, "This may be missing, but a value is needed here. Use `coalesce(..., ...)`."
            )
        if isinstance(node.type, IntegerType) and not isinstance(expect, IntegerType):
            return as_decimal(node)
        return node

    def refuse(self, tree: ast.AST, message: str, suggestion: str | None = None) -> Literal:
        """Notes a problem; the unknown node stands for the part that has it."""
        column = getattr(tree, "col_offset", 0) + 1
        self.problems.append(ExpressionProblem(message, column, suggestion))
        return UNKNOWN

    def joined(self, tree: ast.expr, nodes: list[Node]) -> tuple[list[Node], Type]:
        """Values of which one is taken, made alike, and their common type."""
        common = next((node.type for node in nodes if not _is_none(node)), NoneType())
        for node in nodes:
            if not _is_none(node):
                both = joined(common, node.type)
                if both is None:
                    self.refuse(
                        tree,
                        f"{quoted(tree)} would be {describe(common)} or {describe(node.type)};"
                        " it must be one kind of value.",
                    )
                    return nodes, UnknownType()
                common = both
        if is_number(common) and not isinstance(common, IntegerType):
            nodes = [as_decimal(node) for node in nodes]
        return nodes, common

    def _constant(self, tree: ast.Constant) -> Node:
        value: object = tree.value
        if value is None or isinstance(value, bool | int | str | Decimal):
            return literal(value)
        return self.refuse(tree, forbidden(tree))

    def _reference(self, tree: ast.expr, facts: Facts) -> Node:
        node = self._named(tree) if isinstance(tree, ast.Name) else self._member(tree, facts)
        if isinstance(node, Reference):
            if isinstance(node.type, ManyType):
                return self._many(tree, node)
            return _narrowed(node, facts)
        return node

    def _named(self, tree: ast.Name) -> Node:
        for frame in reversed(self.frames):
            attribute = _shape(frame.type).attribute(tree.id)
            if attribute is not None:
                return _to(frame, attribute)
        symbol = self.scope.resolve(tree.id)
        if symbol is not None:
            return Name(symbol.name, symbol.kind, symbol.type, symbol.nullable)
        if tree.id in functions.NAMES:
            return self.refuse(
                tree, f"`{tree.id}` is a function: write `{functions.usage(tree.id)}`."
            )
        known = list(self.scope.names())
        for frame in self.frames:
            known += _shape(frame.type).attributes()
        message = f"There is no `{tree.id}` here." + hint(tree.id, known)
        return self.refuse(tree, message, closest(tree.id, known))

    def _member(self, tree: ast.expr, facts: Facts) -> Node:
        assert isinstance(tree, ast.Attribute)
        if not isinstance(tree.value, ast.Name | ast.Attribute):
            return self.refuse(tree, "A dot can only follow a name.")
        base = self._reference(tree.value, facts)
        if isinstance(base.type, UnknownType) or not isinstance(base, Reference):
            return base
        if not isinstance(base.type, RowType | RecordType):
            name = quoted(tree.value)
            return self.refuse(
                tree, f"{name} is {describe(base.type)} and has no parts: drop `.{tree.attr}`."
            )
        if base.nullable:
            name = written(tree.value)
            return self.refuse(
                tree, f"`{name}` may be missing. Guard it: `{name} is not None and ...`."
            )
        shape = _shape(base.type)
        attribute = shape.attribute(tree.attr)
        if attribute is None:
            known = list(shape.attributes())
            message = f"There is no `{tree.attr}` in {quoted(tree.value)}, {describe(base.type)}."
            return self.refuse(tree, message + hint(tree.attr, known), closest(tree.attr, known))
        return _to(base, attribute)

    def _many(self, tree: ast.expr, many: Reference) -> Node:
        if self.collector is None:
            return self.refuse(
                tree,
                f"{quoted(tree)} are many rows. Use them inside count, sum, avg, min, max, any"
                " or all; inside `where` their fields are named without a prefix.",
            )
        element = self.collector.element(many, self.depth)
        if element is None:
            other = self.collector.described
            return self.refuse(
                tree, f"One call can look at one list of rows: `{other}` or {quoted(tree)}?"
            )
        return element

    def _boolean(self, tree: ast.BoolOp, facts: Facts) -> Node:
        conjunction = isinstance(tree.op, ast.And)
        nodes: list[Node] = []
        for part in tree.values:
            node = self.condition(part, facts)
            nodes.append(node)
            facts = facts | facts_when(node, conjunction)
        return And(tuple(nodes)) if conjunction else Or(tuple(nodes))

    def _conditional(self, tree: ast.IfExp, facts: Facts) -> Node:
        test = self.condition(tree.test, facts)
        then = self.visit(tree.body, facts | facts_when(test, True))
        otherwise = self.visit(tree.orelse, facts | facts_when(test, False))
        then = fitted(self, tree.body, then, otherwise.type)
        otherwise = fitted(self, tree.orelse, otherwise, then.type)
        (then, otherwise), type_ = self.joined(tree, [then, otherwise])
        if isinstance(type_, NoneType):
            return self.refuse(tree, f"{quoted(tree)} never has a value.")
        return Conditional(test, then, otherwise, type_, then.nullable or otherwise.nullable)

    def _negation(self, tree: ast.UnaryOp, facts: Facts) -> Node:
        operand = self.value(tree.operand, facts)
        if isinstance(operand, Literal):
            return negative(operand) or self._not_a_number(tree, operand)
        match operand.type:
            case IntegerType(low, high):
                return Negate(operand, clipped((-high, -low)))
            case DecimalType() | MoneyType() | DurationType() as type_:
                return Negate(operand, type_)
            case _:
                return self._not_a_number(tree, operand)

    def _not_a_number(self, tree: ast.UnaryOp, operand: Node) -> Node:
        if isinstance(operand.type, UnknownType):
            return operand
        name = quoted(tree.operand)
        return self.refuse(tree, f"{name} is {describe(operand.type)} and has no minus sign.")

    def _arithmetic(self, tree: ast.BinOp, facts: Facts) -> Node:
        sign = _SIGNS[type(tree.op)]
        left, right = self.value(tree.left, facts), self.value(tree.right, facts)
        type_ = arithmetic(sign, left.type, right.type)
        if isinstance(type_, UnknownType):
            return UNKNOWN
        if type_ is None:
            return self.refuse(tree, self._impossible(tree, sign, left.type, right.type))
        match type_:
            case DecimalType(scale, whole) | MoneyType(scale, whole) if scale + whole > MAX_DIGITS:
                return self.refuse(tree, f"The number could get more than {MAX_DIGITS} digits.")
            case DurationType(days) if days > MAX_DURATION_DAYS:
                return self.refuse(tree, "The duration could get too long.")
        if sign in ("/", "//", "%") and is_constant(right) and self._is_zero(right):
            return self.refuse(tree, "This divides by zero.")
        return Arithmetic(sign, left, right, type_)

    def _impossible(self, tree: ast.BinOp, sign: str, left: Type, right: Type) -> str:
        first, second = (tree.right, tree.left) if sign == "-" else (tree.left, tree.right)
        kinds = {id(tree.left): left, id(tree.right): right}
        message = (
            f"{quoted(first)} is {describe(kinds[id(first)])} and cannot be {_VERBS[sign]}"
            f" {quoted(second)}, {describe(kinds[id(second)])}."
        )
        if isinstance(left, DateType) and isinstance(right, DurationType):
            return message + " A date moves by whole days: use `days(...)`."
        if isinstance(left, DateType | DateTimeType) and isinstance(right, IntegerType):
            return message + f" Write `days({written(tree.right)})`."
        return message

    def _is_zero(self, node: Node) -> bool:
        try:
            value = evaluate_node(node, _NO_NAMES)
        except ExpressionError:
            return False
        return not value

    def _possible(self, tree: ast.expr, node: Node) -> Node:
        """Refuses a part that is made of constants and has no value."""
        if is_constant(node) and can_fail(node):
            try:
                evaluate_node(node, _NO_NAMES)
            except ExpressionError as error:
                return self.refuse(tree, f"{quoted(tree)} never has a value: {error}.")
        return node


def as_decimal(node: Node) -> Node:
    """The node, as a decimal if it is an integer."""
    if not isinstance(node.type, IntegerType):
        return node
    scale, whole = scale_and_whole(node.type)
    return ToDecimal(node, DecimalType(scale, whole), node.nullable)


def _narrowed(node: Node, facts: Facts) -> Node:
    """The node, without the doubt whether it has a value where that is known."""
    if isinstance(node, Name | Member | Aggregate) and node.nullable and fact(node) in facts:
        return replace(node, nullable=False)
    return node


def _is_none(node: Node) -> bool:
    return isinstance(node.type, NoneType)


def _shape(type_: Type) -> EntityShape:
    match type_:
        case RowType(entity) | RecordType(entity):
            return entity
        case _:
            raise TypeError(f"{type_} has no attributes")


def _to(base: Reference, attribute: Attribute) -> Member:
    return Member(base, attribute.name, attribute.type, attribute.nullable)
