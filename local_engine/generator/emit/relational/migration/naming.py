"""Statements that give tables, columns, constraints and indexes their new names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from local_engine.generator.emit.relational import statements as sql
from local_engine.generator.emit.relational.migration.changes import Item, TableChange
from local_engine.generator.emit.relational.migration.ordering import rename_order
from local_engine.generator.emit.relational.names import quote


def renaming(changes: Sequence[TableChange]) -> Iterator[str]:
    """All renames, block by block: tables, columns, then what is named after them."""
    moved = [
        (change.was.name, change.after.name)
        for change in changes
        if change.was.name != change.after.name
    ]
    yield "\n".join(
        f"ALTER TABLE {quote(was)} RENAME TO {quote(now)};" for was, now in rename_order(moved)
    )
    for change in changes:
        table = quote(change.after.name)
        yield "\n".join(
            f"ALTER TABLE {table} RENAME COLUMN {quote(was)} TO {quote(now)};"
            for was, now in rename_order(change.renamed)
        )
    yield "\n".join(_items(changes))


def _items(changes: Sequence[TableChange]) -> Iterator[str]:
    """Constraints and indexes; a name that is still in use is freed first."""
    bearers: dict[str, tuple[str, Item | None]] = {}
    renames: dict[str, str] = {}
    for change in changes:
        table = change.after
        if change.was.name != table.name and not table.fixed:
            old = f"{change.was.name}_pkey"
            bearers[old], renames[old] = (table.name, None), f"{table.name}_pkey"
        for before, after in change.items.renamed:
            bearers[before.name], renames[before.name] = (table.name, before), after.name
    for was, now in rename_order(renames.items()):
        bearer = bearers.pop(was)
        bearers[now] = bearer
        yield sql.rename_item(*bearer, was, now)
