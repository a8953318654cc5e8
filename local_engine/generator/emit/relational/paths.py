"""Paths of names from a row: where they lead, and which rows have to stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from local_engine.generator.blueprint.expressions.expression import Path
from local_engine.generator.blueprint.resolved import Application, Entity
from local_engine.generator.emit.relational import plpgsql
from local_engine.generator.emit.relational.context import Context
from local_engine.generator.emit.relational.names import column_of, quote, relation_column
from local_engine.generator.emit.relational.row_sql import path_sql


@dataclass(frozen=True)
class Reads:
    """The rows that a path reads besides its own.

    `hops` are the to-one paths to them, shortest first; `many` tells that rows of a to-many
    relation of the last of them (or of the own row, without hops) are read.
    """

    hops: tuple[Path, ...]
    many: bool


def target_of(application: Application, entity: Entity, path: Path) -> Entity:
    """The entity that a path of to-one relations leads to."""
    for name in path:
        entity = application.entities[entity.to_one[name].to]
    return entity


def reads_of(application: Application, entity: Entity, path: Path) -> Reads:
    """The rows that have to be looked at to know what the path is worth."""
    hops: list[Path] = []
    for position, name in enumerate(path):
        if name in entity.to_many or name in entity.links:
            return Reads(tuple(hops), many=True)
        if name not in entity.to_one or position == len(path) - 1:
            break
        hops.append(path[: position + 1])
        entity = application.entities[entity.to_one[name].to]
    return Reads(tuple(hops), many=False)


def own_columns(entity: Entity, paths: Iterable[Path]) -> tuple[str, ...]:
    """The columns of the entity's own table that the paths begin with, in order, each once."""
    found: dict[str, None] = {}
    for path in sorted(paths):
        name = path[0]
        if name in entity.to_one:
            found[relation_column(name)] = None
        elif name not in entity.to_many and name not in entity.links:
            found[column_of(entity, name)] = None
    return tuple(found)


def locks(context: Context, entity: Entity, paths: Iterable[Path]) -> Iterator[str]:
    """Statements that lock the rows which the paths read from NEW, so that they stay as they are.

    Rows near NEW come first, rows of one table in order of id. Rows whose children are read, and
    those that the same write changes later, get the stronger lock at once: two writers that both
    hold the weaker one could never both get the stronger one.
    """
    needed: dict[tuple[int, str], dict[str, bool]] = {}
    for path in sorted(set(paths)):
        reads = reads_of(context.application, entity, path)
        for hop in reads.hops:
            table = target_of(context.application, entity, hop).table
            counted = reads.many and hop == reads.hops[-1]
            ids = needed.setdefault((len(hop), table), {})
            key = path_sql(context.application, entity, hop, "NEW")
            ids[key] = ids.get(key, False) or counted or _changes(context, entity, hop)
    for (_, table), ids in sorted(needed.items()):
        yield lock(table, ids, strong=any(ids.values()))


def _changes(context: Context, entity: Entity, hop: Path) -> bool:
    """Whether a write of the row goes on to change the row at the end of the path."""
    for name in hop:
        if not context.changes((entity.name, name)):
            return False
        entity = context.entity(entity.to_one[name].to)
    return True


def lock(table: str, ids: Iterable[str], *, strong: bool) -> str:
    """Locks rows: against every change (`strong` also against other such locks)."""
    strength = "FOR NO KEY UPDATE" if strong else "FOR SHARE"
    keys = list(ids)
    if len(keys) == 1:
        parts = [f"PERFORM FROM {quote(table)}", f"WHERE id = {keys[0]}", f"{strength};"]
        line = " ".join(parts)
        return line if len(line) <= plpgsql.WIDTH else "\n".join(parts)
    among = ", ".join(keys)
    return f"PERFORM FROM {quote(table)}\nWHERE id IN ({among}) ORDER BY id {strength};"
