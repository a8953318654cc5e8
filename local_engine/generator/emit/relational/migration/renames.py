"""What got another name between two Blueprints: tables and columns that keep their rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeVar

from local_engine.generator.blueprint.resolved import Application, Entity
from local_engine.generator.emit.relational.names import (
    field_column,
    link_columns,
    link_table,
    relation_column,
)


@dataclass(frozen=True)
class Renames:
    """New names of tables by their old ones, and of columns by old table and old column.

    `states` are new names of states by their old ones, by old table and old column; `roles`
    likewise.
    """

    tables: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[tuple[str, str], str] = field(default_factory=dict)
    states: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)

    def table(self, old: str) -> str:
        """The new name of a table; of one whose name goes to another table, none that there is."""
        return self.tables.get(old, _gone(old) if old in self._new_tables else old)

    def column(self, table: str, old: str) -> str:
        """The new name of a column, likewise; `table` is the old name of its table."""
        gone = (table, old) in self._new_columns
        return self.columns.get((table, old), _gone(old) if gone else old)

    @cached_property
    def _new_tables(self) -> frozenset[str]:
        return frozenset(self.tables.values())

    @cached_property
    def _new_columns(self) -> frozenset[tuple[str, str]]:
        return frozenset((table, new) for (table, _), new in self.columns.items())

    def inverse(self) -> Renames:
        """The renames of the way back."""
        return Renames(
            {new: old for old, new in self.tables.items()},
            {(self.table(table), new): old for (table, old), new in self.columns.items()},
            {
                (self.table(table), self.column(table, column)): _turned(words)
                for (table, column), words in self.states.items()
            },
            _turned(self.roles),
        )


def _turned(words: Mapping[str, str]) -> dict[str, str]:
    return {new: old for old, new in words.items()}


def _gone(name: str) -> str:
    """A name that no table or column has."""
    return f"{name} (gone)"


def renames_between(old: Application, new: Application) -> Renames:
    """Follows `was:`, and whatever else gives a table or column another name (`plural:` ...).

    A `was:` that names something which the old Blueprint does not have is of no account: it tells
    of an earlier rename.
    """
    tables: dict[str, str] = {}
    columns: dict[tuple[str, str], str] = {}
    states: dict[tuple[str, str], Mapping[str, str]] = {}
    for before, entity in _matched(old.entities, new.entities):
        tables[before.table] = entity.table
        for was, now in _columns(before, entity):
            columns[before.table, was] = now
        if before.states is not None and entity.states is not None:
            words = _words(before.states.values, entity.states.values, entity.states.was)
            states |= {(before.table, before.states.field): words} if words else {}
        for earlier, links in _matched(before.links, entity.links):
            old_link, new_link = link_table(before, earlier), link_table(entity, links)
            tables[old_link] = new_link
            pairs = zip(link_columns(before, earlier), link_columns(entity, links), strict=True)
            columns |= {(old_link, was): now for was, now in pairs}
    if old.tenancy and new.tenancy:
        columns |= _tenants(old, new)
    return Renames(
        {was: now for was, now in tables.items() if was != now},
        {(table, was): now for (table, was), now in columns.items() if was != now},
        states,
        _words(old.accounts.roles, new.accounts.roles, new.accounts.was),
    )


def _words(old: Collection[str], new: Collection[str], was: Mapping[str, str]) -> dict[str, str]:
    """New names of words by their old ones, as far as there were such."""
    return {
        earlier: name
        for name, earlier in was.items()
        if earlier in old and earlier not in new and name not in old
    }


class _Named(Protocol):
    """Anything in a Blueprint that can be renamed."""

    @property
    def was(self) -> str | None:
        """The name before."""


Renamed = TypeVar("Renamed", bound=_Named)


def _matched(
    old: Mapping[str, Renamed], new: Mapping[str, Renamed]
) -> Iterator[tuple[Renamed, Renamed]]:
    """What is the same thing before and after. An old name that one claims is no other's."""
    claimed = {item.was for item in new.values() if item.was in old}
    for name, item in new.items():
        if item.was is not None and item.was in old:
            yield old[item.was], item
        elif name in old and name not in claimed:
            yield old[name], item


def _columns(before: Entity, entity: Entity) -> Iterator[tuple[str, str]]:
    for was_field, field_now in _matched(before.fields, entity.fields):
        yield field_column(was_field), field_column(field_now)
    for was_relation, relation in _matched(before.to_one, entity.to_one):
        yield relation_column(was_relation.name), relation_column(relation.name)
    if before.states is not None and entity.states is not None:
        yield before.states.field, entity.states.field


def _tenants(old: Application, new: Application) -> dict[tuple[str, str], str]:
    """The column of the tenant, in every table that has it."""
    assert old.tenancy is not None, "asked only where there is tenancy"
    assert new.tenancy is not None, "asked only where there is tenancy"
    was, now = (relation_column(side.tenancy.relation) for side in (old, new) if side.tenancy)
    return {(entity.table, was): now for entity in old.entities.values() if entity.tenanted}
