"""Rows that are newer than a snapshot, and what migrations do to rows: counted on real data."""

from __future__ import annotations

from pathlib import Path

import pytest
from held_database import migrate, run, script

from local_engine.runtime.postgres import Database, PostgresServer
from local_engine.runtime.snapshots import (
    Script,
    SnapshotDamagedError,
    SnapshotError,
    SnapshotFiles,
)
from local_engine.runtime.snapshots.held import HeldDatabase

STAMPED = """CREATE TABLE {} (
    id int PRIMARY KEY, title text, version bigint NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now()
)"""
FIRST = script(1, STAMPED.format("todos") + "; CREATE TABLE links (a int, b int)")
RENAME = script(
    2,
    "ALTER TABLE todos RENAME TO tasks; ALTER TABLE tasks RENAME title TO name;"
    "ALTER TABLE tasks ADD made timestamptz DEFAULT clock_timestamp()",
    "ALTER TABLE tasks DROP made; ALTER TABLE tasks RENAME name TO title;"
    "ALTER TABLE tasks RENAME TO todos",
)
ALL = (FIRST, RENAME)


@pytest.fixture
def held(postgres_server: PostgresServer, database: Database, tmp_path: Path) -> HeldDatabase:
    """Three todos and two links that are alike."""
    migrate(database, (FIRST,))
    run(
        database,
        "INSERT INTO todos (id, title) SELECT g, 't' || g FROM generate_series(1, 3) AS g",
        "INSERT INTO links VALUES (1, 2), (1, 2), (NULL, NULL)",
    )
    return HeldDatabase(postgres_server, database.name, SnapshotFiles(tmp_path / "snapshots"))


def test_nothing_is_newer_than_what_was_just_stored(held: HeldDatabase) -> None:
    assert held.newer_than(held.store("asked"), ALL) == {}


def test_new_and_changed_rows_are_newer_and_deleted_ones_are_not(
    database: Database, held: HeldDatabase
) -> None:
    snapshot = held.store("asked")
    run(
        database,
        "INSERT INTO todos (id) VALUES (4)",
        "UPDATE todos SET title = 'x', version = 2 WHERE id = 1",
        "DELETE FROM todos WHERE id = 2",
        "INSERT INTO links VALUES (1, 2)",
    )
    assert held.newer_than(snapshot, ALL) == {"links": 1, "todos": 2}


def test_an_earlier_state_of_a_row_is_not_newer(database: Database, held: HeldDatabase) -> None:
    early = held.store("asked")
    run(database, "UPDATE todos SET title = 'x', version = 2, updated_at = clock_timestamp()")
    late = held.store("asked")
    assert held.newer_than(early, ALL) == {"todos": 3}
    held.restore(early)
    assert held.newer_than(late, ALL) == {}
    run(
        database,
        "UPDATE todos SET title = 'y', version = 2, updated_at = clock_timestamp() WHERE id = 1",
    )
    assert held.newer_than(late, ALL) == {"todos": 1}


def test_who_is_signed_in_is_no_data(database: Database, held: HeldDatabase) -> None:
    run(database, "CREATE TABLE auth_sessions (id int)")
    snapshot = held.store("asked")
    run(database, "INSERT INTO auth_sessions VALUES (1)")
    assert held.newer_than(snapshot, ALL) == {}


def test_a_migration_makes_nothing_newer_not_even_by_another_name(
    database: Database, held: HeldDatabase
) -> None:
    snapshot = held.store("migration")
    migrate(database, (RENAME,))
    assert held.newer_than(snapshot, ALL) == {}
    run(database, "INSERT INTO tasks (id) VALUES (9)")
    assert held.newer_than(snapshot, ALL) == {"tasks": 1}


def test_what_was_added_to_an_older_state_is_newer_than_a_later_snapshot(
    database: Database, held: HeldDatabase
) -> None:
    early = held.store("migration")
    migrate(database, (RENAME,))
    late = held.store("replaced")
    held.restore(early)
    assert held.newer_than(late, ALL) == {}
    run(database, "INSERT INTO todos (id) VALUES (9)")
    assert held.newer_than(late, ALL) == {"tasks": 1}
    assert run(database, "SELECT count(*) FROM todos") == [(4,)]


def test_where_two_have_parted_it_is_better_to_ask(database: Database, held: HeldDatabase) -> None:
    early = held.store("migration")
    migrate(database, (RENAME,))
    late = held.store("replaced")
    held.restore(early)
    migrate(database, (script(2, "ALTER TABLE links ADD c int; CREATE TABLE own AS SELECT 1"),))
    assert held.newer_than(late, ALL) == {"links": 3, "own": 1, "todos": 3}


def test_a_rehearsal_counts_what_changes_empties_and_goes(
    database: Database, held: HeldDatabase
) -> None:
    run(database, "UPDATE todos SET title = NULL WHERE id = 3")
    steps = (
        script(
            2,
            "UPDATE todos SET version = 7 WHERE id = 1; ALTER TABLE todos DROP title;"
            "ALTER TABLE todos RENAME TO tasks; DELETE FROM tasks WHERE id = 3",
        ),
        script(3, "DROP TABLE links"),
    )
    before = run(database, "SELECT * FROM todos ORDER BY id")
    found = held.rehearse(steps)
    assert found.rows == {"todos": 3, "links": 3}
    assert found.changed == {"todos": 1}
    assert found.emptied == {"todos": 2}
    assert found.lost == {"todos": 1, "links": 3}
    assert found.refused is None
    assert run(database, "SELECT * FROM todos ORDER BY id") == before
    assert held.migrations == (FIRST.applied,)


def test_a_migration_that_is_refused_says_so_and_changes_nothing(
    database: Database, held: HeldDatabase
) -> None:
    run(database, "UPDATE todos SET title = NULL WHERE id = 3")
    steps = (script(2, "DROP TABLE links"), script(3, "ALTER TABLE todos ALTER title SET NOT NULL"))
    found = held.rehearse(steps)
    assert found.at == "0003_step3"
    assert "contains null values" in (found.refused or "")
    assert run(database, "SELECT count(*) FROM links") == [(3,)]


def test_a_rehearsal_does_not_disturb_who_is_connected(
    database: Database, held: HeldDatabase
) -> None:
    import psycopg

    with psycopg.connect(database.url) as connection:
        connection.execute("INSERT INTO todos (id) VALUES (10)")
        held.rehearse((RENAME,))
        held.newer_than(held.store("asked"), ALL)
        connection.commit()
    assert run(database, "SELECT count(*) FROM todos") == [(4,)]


def test_a_rehearsal_on_a_snapshot_proves_that_it_can_be_restored(
    held: HeldDatabase, tmp_path: Path
) -> None:
    snapshot = held.store("migration")
    assert held.rehearse((RENAME,), snapshot).loses is False
    file = tmp_path / "snapshots" / f"{snapshot.id}.dump"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(SnapshotDamagedError):
        held.rehearse((RENAME,), snapshot)


def test_taking_back_without_a_snapshot_keeps_the_rows(
    database: Database, held: HeldDatabase
) -> None:
    migrate(database, (RENAME,))
    run(database, "INSERT INTO tasks (id, name) VALUES (4, 'late')")
    snapshot, found = held.taken_back((RENAME,))
    assert found.emptied == {"tasks": 4}
    held.restore(snapshot)
    assert held.migrations == (FIRST.applied,)
    assert run(database, "SELECT title FROM todos WHERE id = 4") == [("late",)]


def test_where_there_is_no_way_back_that_is_said(held: HeldDatabase) -> None:
    one_way: Script = script(1, FIRST.up)
    with pytest.raises(SnapshotError, match="no way back"):
        held.taken_back((one_way,))
