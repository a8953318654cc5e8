"""A checked expression, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from local_engine.generator.blueprint.expressions.nodes import (
    Aggregate,
    Member,
    Name,
    Node,
    Now,
    Reference,
    Round,
    parts,
    path_of,
    walk,
)
from local_engine.generator.blueprint.expressions.scope import SymbolKind
from local_engine.generator.blueprint.expressions.types import (
    DecimalType,
    MoneyType,
    RowType,
    Type,
    whole_digits,
)

Path = tuple[str, ...]


@dataclass(frozen=True)
class Expression:
    """An expression without problems; it has the same value in every backend.

    `text` is its canonical text.
    """

    text: str
    root: Node

    @property
    def type(self) -> Type:
        """The type of the value."""
        return self.root.type

    @property
    def nullable(self) -> bool:
        """Whether the value may be missing (None)."""
        return self.root.nullable

    def paths(self) -> frozenset[Path]:
        """All paths that are read, each from a name of the scope: `("lines", "quantity")`.

        A name inside an aggregate begins with the path of the aggregate's rows. A row that is
        only compared or tested counts as read: `("post", "author")`.
        """
        return frozenset(read.path for read in self._reads)

    @property
    def reads_only_own_fields(self) -> bool:
        """Whether fields and references of the row itself decide it: no clock, no other row."""
        own = all(read.kind is SymbolKind.FIELD and not read.foreign for read in self._reads)
        return own and not self.uses_now and not self.reads_many

    @property
    def reads_only_input(self) -> bool:
        """Whether values of the input and the clock decide it, without a look into any row."""
        return all(read.kind is SymbolKind.INPUT and not read.foreign for read in self._reads)

    @property
    def uses_now(self) -> bool:
        """Whether the value depends on the clock."""
        return any(isinstance(node, Now) for node in walk(self.root))

    @property
    def uses_user(self) -> bool:
        """Whether the value depends on who is signed in."""
        return any(read.kind is SymbolKind.USER for read in self._reads)

    @property
    def reads_many(self) -> bool:
        """Whether rows of a to-many relation are read."""
        return any(isinstance(node, Aggregate) for node in walk(self.root))

    @cached_property
    def _reads(self) -> tuple[_Read, ...]:
        return tuple(_reads(self.root, {}))


@dataclass(frozen=True)
class _Read:
    """A path that is read; `foreign` if it leads into another row than it begins with."""

    path: Path
    kind: SymbolKind
    foreign: bool


def _reads(node: Node, elements: Mapping[int, _Read]) -> Iterator[_Read]:
    if isinstance(node, Reference):
        yield _read(node, elements)
    elif isinstance(node, Aggregate):
        inner = dict(elements)
        for source in node.sources:
            read = _read(source.many, inner)
            inner[source.index] = _Read(read.path, read.kind, not source.type.records)
            yield read
        for part in (node.where, node.body):
            if part is not None:
                yield from _reads(part, inner)
    else:
        for part in parts(node):
            yield from _reads(part, elements)


def _read(reference: Reference, elements: Mapping[int, _Read]) -> _Read:
    root, steps = path_of(reference)
    foreign = _inside_row(reference)
    if isinstance(root, Name):
        return _Read((root.name, *steps), root.kind, foreign)
    start = elements[root.index]
    return _Read((*start.path, *steps), start.kind, foreign or start.foreign)


def _inside_row(reference: Reference) -> bool:
    """Whether some step leads into a row (and not only to the reference to one)."""
    while isinstance(reference, Member):
        reference = reference.base
        if isinstance(reference.type, RowType):
            return True
    return False


def round_to(expression: Expression, scale: int) -> Expression:
    """The expression with its number rounded half to even to `scale` digits after the point.

    What has no more digits anyway, and what is not a number, is returned unchanged.
    """
    root = rounded(expression.root, scale)
    if root is expression.root:
        return expression
    return Expression(f"round({expression.text}, {scale})", root)


def rounded(node: Node, scale: int) -> Node:
    """The node, rounded where it has more than `scale` digits after the point."""
    match node.type:
        case DecimalType() | MoneyType() as type_ if type_.scale > scale:
            whole = whole_digits(type_) + 1
            kind = MoneyType if isinstance(type_, MoneyType) else DecimalType
            return Round(node, scale, kind(scale, whole), node.nullable)
        case _:
            return node
