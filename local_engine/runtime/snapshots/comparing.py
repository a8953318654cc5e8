"""Compares a database with its copy in which migrations have run."""

from __future__ import annotations

from collections.abc import Mapping

from psycopg import sql

from local_engine.runtime.postgres.databases import Connection
from local_engine.runtime.snapshots import rows
from local_engine.runtime.snapshots.rehearsal import Rehearsal
from local_engine.runtime.snapshots.rows import Pair, TableFacts


def outcome(
    migrations: tuple[str, ...],
    here: Connection,
    copy: Connection,
    before: Mapping[str, TableFacts],
) -> Rehearsal:
    """Compare the original with its copy, in which the migrations have run.

    `before` are the copy's tables as they were before: a table and a column keep their numbers
    when they get another name.
    """
    after = {table.oid: table for table in rows.tables_of(copy).values()}
    lost: dict[str, int] = {}
    emptied: dict[str, int] = {}
    pairs = []
    for name, table in before.items():
        became = after.get(table.oid)
        if became is None:
            lost[name] = rows.count(here, name)
            continue
        names = _names_after(table, became)
        emptied[name] = _with_values(here, name, [one for one in table.columns if one not in names])
        if all(column in names for column in table.key):
            key = tuple((column, names[column]) for column in table.key)
            pairs.append(Pair(name, became.name, key, tuple(names.items())))
        else:
            lost[name] = max(0, rows.count(here, name) - rows.count(copy, became.name))
    found = rows.differences(here, copy, pairs)
    return Rehearsal(
        migrations,
        rows.counts_of(here),
        changed=_present({name: one.changed for name, one in found.items()}),
        emptied=_present(emptied),
        lost=_present(lost | {name: one.missing for name, one in found.items()}),
    )


def _names_after(table: TableFacts, became: TableFacts) -> dict[str, str]:
    """What each column that stays is called afterwards."""
    names = {number: column for column, number in became.columns.items()}
    return {column: names[number] for column, number in table.columns.items() if number in names}


def _with_values(here: Connection, table: str, columns: list[str]) -> int:
    """How many rows have a value in one of these columns."""
    if not columns:
        return 0
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    query = sql.SQL("SELECT count(*) FROM {} WHERE num_nonnulls({}) > 0")
    row = here.execute(query.format(sql.Identifier(table), names)).fetchone()
    assert row is not None
    return int(row[0])


def _present(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: number for name, number in counts.items() if number}
