"""The rows of the model. A store is changed in a copy, so that what is refused leaves no trace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any


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
    """All rows by entity and id, linked pairs by entity and name, files by row and field."""

    tables: dict[str, dict[str, Row]] = field(default_factory=dict)
    links: dict[LinkKey, frozenset[Pair]] = field(default_factory=dict)
    files: dict[tuple[str, str], tuple[str, bytes]] = field(default_factory=dict)
    answers: dict[tuple[str, ...], StoredAnswer] = field(default_factory=dict)
    outbox: tuple[tuple[str, str], ...] = ()
    made: int = 0

    def fork(self) -> Store:
        """An independent copy; rows themselves are immutable and shared."""
        tables = {name: dict(rows) for name, rows in self.tables.items()}
        return Store(
            tables, dict(self.links), dict(self.files), dict(self.answers), self.outbox, self.made
        )

    def rows(self, entity: str) -> Iterator[Row]:
        """The rows of an entity in the order of their creation."""
        return iter(self.tables.get(entity, {}).values())

    def find(self, entity: str, id_: object) -> Row | None:
        """The row of this id, None if there is none."""
        return self.tables.get(entity, {}).get(str(id_).lower()) if id_ is not None else None

    def put(self, row: Row) -> None:
        """Insert or replace a row."""
        self.tables.setdefault(row.entity, {})[row.id] = row

    def remove(self, row: Row) -> None:
        """Delete a row, with its linked pairs and files."""
        self.tables[row.entity].pop(row.id, None)
        for name, pairs in self.links.items():
            if any(row.id in pair for pair in pairs):
                self.links[name] = frozenset(pair for pair in pairs if row.id not in pair)
        for key in [key for key in self.files if key[0] == row.id]:
            del self.files[key]

    def next_number(self) -> int:
        """The sequence number of a new row."""
        self.made += 1
        return self.made
