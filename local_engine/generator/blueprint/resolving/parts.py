"""What a part takes over from the row that it is a part of: access and editable_while."""

from __future__ import annotations

import ast

from local_engine.generator.blueprint import resolved
from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.problems import Path
from local_engine.generator.blueprint.resolved import USER
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.outline import Outline
from local_engine.generator.blueprint.resolving.shapes import Names


def seen_from_part(context: Context, part: Outline, access: resolved.Access) -> resolved.Access:
    """The parent's access, said about the part: paths begin with the relation to the parent."""
    relation = part.source.part_of
    assert relation is not None
    return resolved.Access(
        tuple(_clause(context, part, relation, clause) for clause in access.clauses)
    )


def inherited(
    context: Context, part: Outline, rules: tuple[resolved.Rule, ...]
) -> tuple[resolved.Rule, ...]:
    """The parent's editable_while rules, said about the part; they keep their ids."""
    found: list[resolved.Rule] = []
    for rule in rules:
        if isinstance(rule, resolved.EditableWhile):
            expression = _moved(context, part, rule.expression)
            found.append(resolved.EditableWhile(rule.id, expression, rule.message))
    return tuple(found)


def _clause(
    context: Context, part: Outline, relation: str, clause: resolved.Clause
) -> resolved.Clause:
    actor = clause.actor
    if isinstance(actor, resolved.UserAt):
        written = actor.written if actor.written == "owner" else f"{relation}.{actor.written}"
        actor = resolved.UserAt((relation, *actor.path), written)
    elif isinstance(actor, resolved.Member):
        actor = resolved.Member((relation, *actor.path), actor.place, actor.role)
    condition = clause.condition
    if condition is not None:
        anonymous = isinstance(actor, resolved.Public)
        condition = _moved(context, part, condition, anonymous=anonymous)
    return resolved.Clause(actor, condition, clause.written)


def _moved(
    context: Context, part: Outline, expression: Expression, *, anonymous: bool = False
) -> Expression:
    """An expression over the parent's row as one over the part's row."""
    relation = part.source.part_of
    assert relation is not None
    parent = context.shapes[part.to_one[relation].to]
    names: set[str] = {
        path[0] for path in expression.paths() if parent.attribute(path[0]) is not None
    }
    tree = _Prefixed(relation, names).visit(ast.parse(expression.text, mode="eval").body)
    scope = Names(context.shapes[part.name])
    if expression.uses_user:
        scope = scope.with_user(context.shapes[USER], optional=anonymous)
    where: Path = ("entities", part.name, "part_of")
    moved = context.expression(ast.unparse(tree), scope, where)
    return moved or expression


class _Prefixed(ast.NodeTransformer):
    """Puts `order.` before the names of the parent's row, but not inside `where=`."""

    def __init__(self, relation: str, names: set[str]) -> None:
        self._relation = relation
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """`status` becomes `order.status`."""
        if node.id not in self._names:
            return node
        return ast.Attribute(ast.Name(self._relation, ast.Load()), node.id, ast.Load())

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """The name of a function is no name of the row."""
        node.args = [self.visit(argument) for argument in node.args]
        return node
