"""The rows of the model. A store is changed in a copy, so that what is refused leaves no trace."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar, cast

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One row. `values` has fields by name and, by relation name, the ids of rows referred to.

    `sequence` counts rows in the order of their creation; `etag` is the one that the service gave
    for exactly this content, None where that is not known. `known` is false for a row whose id is
    the model's own, as the service has not told it yet.
    """

    entity: str
    id: str
    values: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    sequence: int = 0
    version: int = 1
    etag: str | None = None
    known: bool = True

    @property
    def key(self) -> tuple[str, str]:
        """What tells rows apart."""
        return self.entity, self.id

    def having(self, **values: Any) -> Row:
        """The row with other values."""
        return replace(self, values={**self.values, **values})


LinkKey = tuple[str, str]
Pair = tuple[str, str]


@dataclass(frozen=True)
class StoredAnswer:
    """An answer that an Idempotency-Key brings back: `digest` is that of the request's body."""

    digest: str
    status: int
    body: Any


@dataclass
class Store:
    """All rows by entity and id, linked pairs by entity and name, files by row and field.

    Tables are shared with copies until one side writes to them: a search copies the store for each
    request that it tries. What is asked again and again is remembered until the next write.
    """

    tables: dict[str, dict[str, Row]] = field(default_factory=dict)
    links: dict[LinkKey, frozenset[Pair]] = field(default_factory=dict)
    files: dict[tuple[str, str], tuple[str, bytes]] = field(default_factory=dict)
    answers: dict[tuple[str, ...], StoredAnswer] = field(default_factory=dict)
    outbox: tuple[tuple[str, str], ...] = ()
    made: int = 0
    _own: set[str] = field(default_factory=set, init=False, compare=False, repr=False)
    _referring: dict[tuple[str, str], dict[object, list[Row]]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    _known: dict[Hashable, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def fork(self) -> Store:
        """An independent copy; rows themselves are immutable and shared."""
        copy = Store(
            dict(self.tables),
            dict(self.links),
            dict(self.files),
            dict(self.answers),
            self.outbox,
            self.made,
        )
        self._own = set()
        copy._referring = dict(self._referring)
        copy._known = self._known
        return copy

    def rows(self, entity: str) -> Iterator[Row]:
        """The rows of an entity in the order of their creation."""
        return iter(self.tables.get(entity, {}).values())

    def find(self, entity: str, id_: object) -> Row | None:
        """The row of this id, None if there is none."""
        return self.tables.get(entity, {}).get(str(id_).lower()) if id_ is not None else None

    def referring(self, entity: str, relation: str, id_: str) -> Sequence[Row]:
        """The rows of an entity whose relation leads to this id, in the order of creation."""
        index = self._referring.get((entity, relation))
        if index is None:
            index = self._referring[entity, relation] = {}
            for row in self.rows(entity):
                index.setdefault(row.values.get(relation), []).append(row)
        return index.get(id_, ())

    def once(self, key: Hashable, work_out: Callable[[], T]) -> T:
        """A value that follows from the rows alone, worked out once until the next write."""
        known = self._known
        if key not in known:
            known[key] = work_out()
        return cast(T, known[key])

    def put(self, row: Row) -> None:
        """Insert or replace a row."""
        self._to_write(row.entity)[row.id] = row

    def put_all(self, entity: str, rows: Mapping[str, Row]) -> None:
        """Replace all rows of an entity."""
        self._to_write(entity)
        self.tables[entity] = dict(rows)

    def remove(self, row: Row) -> None:
        """Delete a row, with its linked pairs and files."""
        self._to_write(row.entity).pop(row.id, None)
        for name, pairs in self.links.items():
            if any(row.id in pair for pair in pairs):
                self.links[name] = frozenset(pair for pair in pairs if row.id not in pair)
        for key in [key for key in self.files if key[0] == row.id]:
            del self.files[key]

    def link(self, key: LinkKey, pairs: frozenset[Pair]) -> None:
        """Replace the linked pairs of this name."""
        self._known = {}
        self.links[key] = pairs

    def next_number(self) -> int:
        """The sequence number of a new row."""
        self.made += 1
        return self.made

    def _to_write(self, entity: str) -> dict[str, Row]:
        """The table, as one that no copy shares; what was worked out before holds no longer."""
        self._known = {}
        for key in [key for key in self._referring if key[0] == entity]:
            del self._referring[key]
        if entity not in self._own:
            self._own.add(entity)
            self.tables[entity] = dict(self.tables.get(entity, {}))
        return self.tables[entity]
