"""Names inside expressions: what each of them means, and where exactly it stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local_engine.generator.blueprint.expressions import EntityShape, ExpressionErrors, Scope
from local_engine.generator.blueprint.expressions.aggregates import NAMES as AGGREGATES
from local_engine.generator.blueprint.expressions.parse import parse
from local_engine.generator.blueprint.expressions.scope import SymbolKind
from local_engine.generator.blueprint.expressions.types import (
    ManyType,
    RecordType,
    RowType,
    Type,
)
from local_engine.generator.blueprint.problems import Path
from local_engine.generator.blueprint.resolving.context import Context, Mention
from local_engine.generator.blueprint.resolving.shapes import Names

Meant = tuple[str, str, str]
"""Kind, entity and name: ("member", "Post", "title"), ("state", "Post", "draft")."""


@dataclass(frozen=True)
class Shown:
    """What is meant between two characters of the text at a path."""

    path: Path
    start: int
    end: int
    meant: Meant


class Mentions:
    """The expressions of a Blueprint at the paths of its plain data."""

    def __init__(self, context: Context, data: Mapping[str, Any]) -> None:
        self._context = context
        self._data = data
        self._found: dict[Path, list[tuple[str, Scope, int]]] = {}
        for mention in context.mentions:
            placed = self._placed(mention)
            if placed is not None:
                path, text, offset = placed
                self._found.setdefault(path, []).append((text, mention.scope, offset))

    def all(self) -> Iterator[Shown]:
        """Every name in every expression that stands in the data as it was read."""
        for path, found in self._found.items():
            for text, scope, offset in found:
                yield from self.inside(path, text, scope, offset)

    def inside(self, path: Path, text: str, scope: Scope, offset: int = 0) -> Iterator[Shown]:
        """The names in one expression, which begins `offset` characters into the text."""
        try:
            tree = parse(text)
        except ExpressionErrors:
            return
        names = _Names(self._context, scope)
        names.visit(tree, ())
        for start, end, meant in names.found:
            yield Shown(path, start + offset, end + offset, meant)

    def leads_to(self, path: Path, text: str) -> str | None:
        """The entity to whose row an expression at a path leads, if it does."""
        for known, scope, _ in self._found.get(path, ()):
            if known == text:
                type_ = _Names(self._context, scope).visit(parse(text), ())
                return type_.entity.name if isinstance(type_, RowType) else None
        return None

    def constants(self, text: str) -> Iterator[tuple[int, int, str]]:
        """The texts among the possible values of an expression, and where they stand."""
        try:
            waiting: list[ast.expr] = [parse(text)]
        except ExpressionErrors:
            return
        while waiting:
            tree = waiting.pop()
            if isinstance(tree, ast.IfExp):
                waiting += [tree.body, tree.orelse]
            elif isinstance(tree, ast.Constant) and isinstance(tree.value, str):
                yield (*_inside_quotes(tree), tree.value)

    def _placed(self, mention: Mention) -> tuple[Path, str, int] | None:
        """Path, text and offset in the data; None where the text was made up on the way."""
        path, value = _locate(self._data, mention.path)
        text, offset = mention.text, mention.offset
        if offset < 0:
            text, offset = text[-offset:].removesuffix(")"), 0
        if not isinstance(value, str):
            return None
        if value[offset : offset + len(text)] != text:
            return None
        return path, text, offset


def _locate(data: Any, path: Path) -> tuple[Path, Any]:
    """The path without steps that short forms leave out, and what stands there."""
    at: Any = data
    found: Path = ()
    for step in path:
        known = isinstance(at, Mapping) and step in at
        if known or (isinstance(at, list) and isinstance(step, int) and step < len(at)):
            at, found = at[step], (*found, step)
    if isinstance(at, list) and len(at) == 1:
        at, found = at[0], (*found, 0)
    return found, at


class _Names:
    """Visits a syntax tree as the checker does, and notes what the names in it mean."""

    def __init__(self, context: Context, scope: Scope) -> None:
        self._context = context
        self._scope = scope
        self.found: list[tuple[int, int, Meant]] = []

    def visit(self, tree: ast.AST, frames: tuple[EntityShape, ...]) -> Type | None:
        """The type that a name or path has; None for everything else."""
        match tree:
            case ast.Name():
                return self._name(tree, frames)
            case ast.Attribute():
                return self._attribute(tree, frames)
            case ast.Call(func=ast.Name(id=function)) if function in AGGREGATES:
                self._aggregate(tree, frames)
            case ast.Call():
                for argument in tree.args:
                    self.visit(argument, frames)
            case ast.Compare():
                self._compare(tree, frames)
            case _:
                for part in ast.iter_child_nodes(tree):
                    self.visit(part, frames)
        return None

    def _name(self, tree: ast.Name, frames: tuple[EntityShape, ...]) -> Type | None:
        for shape in reversed(frames):
            attribute = shape.attribute(tree.id)
            if attribute is not None:
                self._note(tree, shape.name, tree.id)
                return attribute.type
        symbol = self._scope.resolve(tree.id)
        if symbol is None:
            return None
        row = self._scope.row if isinstance(self._scope, Names) else None
        if symbol.kind is SymbolKind.FIELD and row is not None:
            self._note(tree, row.name, tree.id)
        return symbol.type

    def _attribute(self, tree: ast.Attribute, frames: tuple[EntityShape, ...]) -> Type | None:
        base = self.visit(tree.value, frames)
        if not isinstance(base, RowType | RecordType | ManyType):
            return None
        shape = base.shape if isinstance(base, RecordType) else base.entity
        attribute = shape.attribute(tree.attr)
        if attribute is None:
            return None
        if isinstance(base, RowType) or (isinstance(base, ManyType) and not base.records):
            self._note(tree, shape.name, tree.attr)
        return attribute.type

    def _aggregate(self, tree: ast.Call, frames: tuple[EntityShape, ...]) -> None:
        element: EntityShape | None = None
        for argument in tree.args:
            self.visit(argument, frames)
            quiet = _Names(self._context, self._scope)
            for part in ast.walk(argument):
                if isinstance(part, ast.Name | ast.Attribute):
                    type_ = quiet.visit(part, frames)
                    if isinstance(type_, ManyType):
                        # The last relation of a chain is the longest path to many rows.
                        element = element or type_.entity
        inner = (*frames, element) if element is not None else frames
        for keyword in tree.keywords:
            self.visit(keyword.value, inner)

    def _compare(self, tree: ast.Compare, frames: tuple[EntityShape, ...]) -> None:
        operands = [tree.left, *tree.comparators]
        for operand in operands:
            self.visit(operand, frames)
        for operand in operands:
            of = self._states_of(operand, frames)
            if of is None:
                continue
            for other in operands:
                for constant in _constants_in(other):
                    self.found.append((*_inside_quotes(constant), ("state", of, constant.value)))

    def _states_of(self, tree: ast.expr, frames: tuple[EntityShape, ...]) -> str | None:
        """The entity whose field of states a path leads to."""
        if not isinstance(tree, ast.Name | ast.Attribute):
            return None
        quiet = _Names(self._context, self._scope)
        quiet.visit(tree, frames)
        end = tree.end_col_offset
        for _, stop, (kind, of, name) in quiet.found:
            outline = self._context.outlines.get(of)
            if kind == "member" and stop == end and outline and outline.state_field == name:
                return of
        return None

    def _note(self, tree: ast.Name | ast.Attribute, entity: str, name: str) -> None:
        if entity in self._context.outlines and tree.end_col_offset is not None:
            end = tree.end_col_offset
            self.found.append((end - len(name), end, ("member", entity, name)))


def _constants_in(tree: ast.expr) -> Iterator[Any]:
    """A text, or the texts in a list."""
    items = tree.elts if isinstance(tree, ast.List | ast.Tuple | ast.Set) else [tree]
    for item in items:
        if isinstance(item, ast.Constant) and isinstance(item.value, str):
            yield item


def _inside_quotes(tree: ast.Constant) -> tuple[int, int]:
    return tree.col_offset + 1, (tree.end_col_offset or 0) - 1
