"""Which rows an expression looks at, as SQL for their ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.expressions.nodes import (
    Element,
    Member,
    Reference,
    Source,
    walk,
)
from local_engine.generator.blueprint.expressions.to_sql import Compiler
from local_engine.generator.blueprint.expressions.types import RowType
from local_engine.generator.emit.fastapi.actions.scene import OWN_ID, Scene


@dataclass(frozen=True)
class Read:
    """Rows of an entity; `ids` is what their id is compared with: `= ...` or `IN (...)`.

    `depth` is the number of relations on the way to them. `as_parent` tells that it matters which
    rows of a to-many relation they have.
    """

    entity: str
    ids: str
    depth: int
    as_parent: bool = False


@dataclass(frozen=True)
class _Elements:
    """The rows that an aggregate runs over."""

    source: str
    condition: str
    depth: int

    def ids(self, column: str) -> str:
        return f"IN (SELECT {column} FROM {self.source} WHERE {self.condition})"


class Reads:
    """What an expression reads in a scene."""

    def __init__(self, scene: Scene, expression: Expression) -> None:
        self._scene = scene
        self._root = expression.root
        self._compiler = Compiler(scene.names)
        self._elements: dict[int, _Elements] = {}

    def __iter__(self) -> Iterator[Read]:
        """The rows whose attributes are read, those that aggregates run over, their parents."""
        for node in walk(self._root):
            match node:
                case Source():
                    yield from self._aggregated(node)
                case Member(base):
                    yield from self._row(base)
                case _:
                    pass

    def _row(self, reference: Reference, *, as_parent: bool = False) -> Iterator[Read]:
        """The row that a reference leads to, if it is one of the database."""
        if not isinstance(reference.type, RowType):
            return
        entity = reference.type.name
        links, root = _chain(reference)
        names, path = self._compiler.place(reference)
        if not isinstance(root, Element):
            known = path[0] in self._scene.names.roots
            yield Read(entity, f"= {names.column(path)}", links - known, as_parent)
        elif root.index in self._elements:
            rows = self._elements[root.index]
            depth = rows.depth + links - 1
            yield Read(entity, rows.ids(names.column(path)), depth, as_parent)

    def _aggregated(self, source: Source) -> Iterator[Read]:
        """The rows of a to-many relation, and the row that they belong to."""
        if source.type.records:
            return
        links, root = _chain(source.many)
        depth = links + 1
        if isinstance(source.many, Member):
            yield from self._row(source.many.base, as_parent=True)
        elif self._scene.own is not None:
            yield Read(self._scene.own.name, f"= {OWN_ID}", 0, as_parent=True)
        names, path = self._compiler.place(source.many)
        children = names.children(path)
        found = _Elements(children.source, children.condition, depth)
        if isinstance(root, Element):
            around = self._elements[root.index]
            found = _Elements(
                f"{around.source}, {children.source}",
                f"{around.condition} AND {children.condition}",
                around.depth + depth,
            )
        self._compiler.rows[source.index] = children.row
        self._elements[source.index] = found
        key = children.row.column(("id",))
        yield Read(source.type.name, found.ids(key), found.depth)


def _chain(reference: Reference) -> tuple[int, Reference]:
    """How many rows a reference names on its way, and what it begins with."""
    rows = 0
    while True:
        rows += isinstance(reference.type, RowType)
        if not isinstance(reference, Member):
            return rows, reference
        reference = reference.base
