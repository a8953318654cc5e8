"""What PostgreSQL's planner works out before it looks at any row.

It puts in the values of parameters and of a trigger's variables, and works out what depends on
them alone: also parts that would never be reached at run time, with the errors these raise.
"""

from __future__ import annotations

from collections.abc import Iterator

from local_engine.generator.blueprint.expressions.failures import divides_by_zero, overflows
from local_engine.generator.blueprint.expressions.nodes import (
    Aggregate,
    And,
    Coalesce,
    Conditional,
    Element,
    Member,
    Name,
    Node,
    Now,
    Or,
    Reference,
    parts,
    path_of,
)
from local_engine.generator.blueprint.expressions.sql_names import SqlNames


class Folding:
    """Knows which parts of an expression the planner can work out."""

    def __init__(self, names: SqlNames) -> None:
        self._names = names

    def may_fail(self, node: Node) -> bool:
        """Whether the planner could come to an error by working out this operation."""
        return (divides_by_zero(node) or overflows(node)) and self.possible(node)

    def possible(self, node: Node) -> bool:
        """Whether the planner could work out the node, if some tests come out right."""
        match node:
            case Aggregate():
                return False
            case Name() | Element() | Member():
                return self._is_parameter(node)
            case Conditional(test, then, otherwise):
                return self.possible(test) and (self.possible(then) or self.possible(otherwise))
            case Coalesce(operands):
                return self.possible(operands[0])
            case And(operands) | Or(operands):
                return any(self.possible(operand) for operand in operands)
            case _:
                return all(self.possible(part) for part in parts(node))

    def certain(self, node: Node) -> bool:
        """Whether it certainly works out the node; the clock may be a parameter or a function."""
        return not any(
            isinstance(part, Aggregate | Now)
            or (isinstance(part, Reference) and not self._is_parameter(part))
            for part in _values(node)
        )

    def _is_parameter(self, reference: Reference) -> bool:
        root, path = path_of(reference)
        return isinstance(root, Name) and self._names.is_parameter((root.name, *path))


def _values(node: Node) -> Iterator[Node]:
    """The node and those below it, without the parts of paths."""
    yield node
    if not isinstance(node, Reference):
        for part in parts(node):
            yield from _values(part)
