"""What has to happen to one table: columns, constraints, indexes and triggers that differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from local_engine.generator.emit.relational.migration.tokens import names_in
from local_engine.generator.emit.relational.schema import (
    Check,
    Column,
    Exclusion,
    ForeignKey,
    Index,
    Table,
    UniqueKey,
)

Item = Check | UniqueKey | Exclusion | ForeignKey | Index


@dataclass(frozen=True)
class TableChange:
    """The change of a table that stays.

    `was` is the table as it is in the database, `before` the same under its new names, `after`
    what it becomes.
    """

    was: Table
    before: Table
    after: Table

    @cached_property
    def replaced(self) -> tuple[str, ...]:
        """Columns that are dropped and added again: their values follow from others."""
        return tuple(
            column.name
            for column in self.after.columns
            if column.generated is not None
            and column.name in self.before.column
            and self._is_replaced(self.before.column[column.name], column)
        )

    def _is_replaced(self, old: Column, new: Column) -> bool:
        if old.generated is None or old.type != new.type:
            return True
        moving = {column.name for column in self.retyped} | set(self._gone)
        return bool((names_in(old.generated) | names_in(new.generated or "")) & moving)

    @property
    def overwritten(self) -> tuple[str, ...]:
        """Columns whose values were written by people and will be computed."""
        return tuple(
            name
            for name in self.replaced
            if self.before.column[name].generated is None and not self.before.column[name].reads
        )

    @cached_property
    def retyped(self) -> tuple[Column, ...]:
        """Columns whose values are converted to another type, as they become."""
        return tuple(
            column
            for column in self.after.columns
            if column.generated is None
            and column.name in self.before.column
            and self.before.column[column.name].type != column.type
        )

    @cached_property
    def _gone(self) -> tuple[str, ...]:
        """Columns (under new names) that there are no more."""
        return tuple(name for name in self.before.column if name not in self.after.column)

    @cached_property
    def dropped(self) -> tuple[Column, ...]:
        """Columns that there are no more, as they are in the database."""
        gone = set(self._gone)
        pairs = zip(self.was.columns, self.before.columns, strict=True)
        return tuple(was for was, before in pairs if before.name in gone)

    @cached_property
    def dropped_for_replacement(self) -> tuple[Column, ...]:
        """Columns to drop because they are added again, as they are in the database."""
        pairs = zip(self.was.columns, self.before.columns, strict=True)
        return tuple(was for was, before in pairs if before.name in self.replaced)

    @cached_property
    def renamed(self) -> tuple[tuple[str, str], ...]:
        """Old and new names of columns that stay."""
        pairs = zip(self.was.columns, self.before.columns, strict=True)
        away = {*self._gone, *self.replaced}
        return tuple(
            (was.name, before.name)
            for was, before in pairs
            if was.name != before.name and before.name not in away
        )

    @cached_property
    def added(self) -> tuple[Column, ...]:
        """New columns, also those that replace old ones."""
        return tuple(
            column
            for column in self.after.columns
            if column.name not in self.before.column or column.name in self.replaced
        )

    @cached_property
    def kept(self) -> tuple[tuple[Column, Column], ...]:
        """Columns that stay, before and after."""
        return tuple(
            (self.before.column[column.name], column)
            for column in self.after.columns
            if column.name in self.before.column and column.name not in self.replaced
        )

    @cached_property
    def disturbed(self) -> frozenset[str]:
        """Columns whose constraints and indexes cannot stay while they change."""
        retyped = {column.name for column in self.retyped}
        return frozenset({*self._gone, *self.replaced, *retyped})

    @cached_property
    def items(self) -> ItemChanges:
        """What happens to constraints and indexes, kind by kind."""
        kinds = ("checks", "unique_keys", "exclusions", "foreign_keys", "indexes")
        changes = [
            item_changes(getattr(self.before, kind), getattr(self.after, kind), self.disturbed)
            for kind in kinds
        ]
        return ItemChanges(
            tuple(item for change in changes for item in change.dropped),
            tuple(item for change in changes for item in change.added),
            tuple(pair for change in changes for pair in change.renamed),
        )


@dataclass(frozen=True)
class ItemChanges:
    """Constraints and indexes to drop (by their old names), to add, and to rename."""

    dropped: tuple[Item, ...] = ()
    added: tuple[Item, ...] = ()
    renamed: tuple[tuple[Item, Item], ...] = ()


def item_changes(
    old: Sequence[Item], new: Sequence[Item], disturbed: frozenset[str]
) -> ItemChanges:
    """Keeps what means the same, renames what only has another name, replaces the rest."""
    left = {item.name: item for item in old if not _columns(item) & disturbed}
    dropped = [item for item in old if item.name not in left]
    added: list[Item] = []
    renamed: list[tuple[Item, Item]] = []
    unmatched = [item for item in new if left.get(item.name) != item]
    for item in new:
        if left.get(item.name) == item:
            del left[item.name]
    by_meaning = {_meaning(item): item for item in left.values()}
    for item in unmatched:
        twin = by_meaning.pop(_meaning(item), None)
        if twin is None or _columns(item) & disturbed:
            added.append(item)
        else:
            renamed.append((twin, item))
            del left[twin.name]
    return ItemChanges((*dropped, *left.values()), tuple(added), tuple(renamed))


def _meaning(item: Item) -> Item:
    return replace(item, name="")


def _columns(item: Item) -> frozenset[str]:
    """The columns of its table that a constraint or index mentions (and perhaps other names)."""
    match item:
        case Check(condition=condition):
            return names_in(condition)
        case Exclusion(elements=elements, where=where):
            text = " ".join(expression for expression, _ in elements)
        case ForeignKey(columns=columns):
            return frozenset(columns)
        case UniqueKey(elements=names, where=where):
            text = " ".join(names)
        case Index(elements=names):
            text, where = " ".join(names), None
    return names_in(f"{text} {where or ''}")
