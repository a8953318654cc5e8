"""What a condition tells about missing values: after `x is not None` x is there."""

from __future__ import annotations

from local_engine.generator.blueprint.expressions.nodes import (
    Aggregate,
    And,
    Element,
    Member,
    Name,
    Node,
    Not,
    NullTest,
    Or,
    path_of,
)

Fact = tuple[str | int, ...] | Aggregate
"""Something that is known to have a value: a path from a name or an element, or an aggregate."""
Facts = frozenset[Fact]

NOTHING: Facts = frozenset()


def fact(node: Node) -> Fact | None:
    """The fact that the node has a value; None for nodes that are not remembered."""
    match node:
        case Name() | Member() | Element():
            root, steps = path_of(node)
            return (root.name if isinstance(root, Name) else root.index, *steps)
        case Aggregate(function, sources, where, body, type_):
            return Aggregate(function, sources, where, body, type_, nullable=False)
        case _:
            return None


def facts_when(node: Node, outcome: bool) -> Facts:
    """What is known to have a value when the condition `node` comes out as `outcome`."""
    match node:
        case NullTest(operand, negated):
            known = fact(operand)
            return frozenset({known}) if known and outcome is negated else NOTHING
        case Not(operand):
            return facts_when(operand, not outcome)
        case And(operands) if outcome:
            return NOTHING.union(*(facts_when(part, True) for part in operands))
        case Or(operands) if not outcome:
            return NOTHING.union(*(facts_when(part, False) for part in operands))
        case And(operands) | Or(operands):
            return _whichever(operands, outcome)
        case _:
            return NOTHING


def _whichever(operands: tuple[Node, ...], outcome: bool) -> Facts:
    """Facts when one operand decided, and those before it came out the other way."""
    before = NOTHING
    known: Facts | None = None
    for part in operands:
        here = before | facts_when(part, outcome)
        known = here if known is None else known & here
        before = before | facts_when(part, not outcome)
    return known or NOTHING
