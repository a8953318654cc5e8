"""Snapshots of a real database: all that is in it comes back, or nothing changes."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from held_database import everything, folder_contents, run

from local_engine.runtime.postgres import Database, PostgresServer
from local_engine.runtime.postgres.contents import _SCHEMA as SCHEMA
from local_engine.runtime.snapshots import (
    SnapshotDamagedError,
    SnapshotError,
    SnapshotFiles,
)
from local_engine.runtime.snapshots.held import HeldDatabase

_numbers = count(1)


@pytest.fixture
def files(tmp_path: Path) -> SnapshotFiles:
    return SnapshotFiles(tmp_path / "snapshots")


@pytest.fixture
def held(postgres_server: PostgresServer, database: Database, files: SnapshotFiles) -> HeldDatabase:
    return HeldDatabase(postgres_server, database.name, files)


@pytest.fixture
def other(postgres_server: PostgresServer) -> Iterator[str]:
    """A name of another database, removed afterwards."""
    name = f"other_{next(_numbers)}"
    yield name
    postgres_server.drop_database(name)


def definitions(server: PostgresServer, name: str) -> list[str]:
    """Every definition; PostgreSQL does not write the brackets of a condition back as they were."""
    query = SCHEMA.partition("SELECT encode")[0] + "SELECT definition FROM definitions"
    with server.connect(name) as connection:
        found = [row[0] for row in connection.execute(query.encode())]
    return sorted(re.sub("[()]", "", definition) for definition in found)


def test_everything_comes_back_as_it_was(
    postgres_server: PostgresServer, database: Database, held: HeldDatabase
) -> None:
    everything(database)
    before = postgres_server.read_contents(database.name)
    schema = definitions(postgres_server, database.name)
    rights = (
        "SELECT relname, relacl::text, pg_get_userbyid(relowner) FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    granted = run(database, rights)
    snapshot = held.store("asked")
    assert snapshot.rows["kinds"] == 3
    assert "procrastinate_jobs" not in snapshot.rows
    run(database, "DROP TABLE kinds CASCADE", "DELETE FROM procrastinate_jobs", "DELETE FROM users")
    held.restore(snapshot)
    after = postgres_server.read_contents(database.name)
    assert before is not None
    assert after is not None
    assert (after.rows, after.sequences) == (before.rows, before.sequences)
    assert definitions(postgres_server, database.name) == schema
    assert run(database, rights) == granted
    assert run(database, "SELECT nextval('kinds_serial_seq')") == [(4712,)]
    assert run(database, "INSERT INTO kinds (words) VALUES ('x') RETURNING number") == [(4,)]
    assert held.migrations == snapshot.migrations != ()


def test_a_closed_neighbour_stays_out_of_a_restored_database(
    postgres_server: PostgresServer, database: Database, held: HeldDatabase, other: str
) -> None:
    neighbour = postgres_server.create_database(other)
    held.restore(held.store("asked"))
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(neighbour.url.removesuffix(other) + database.name)


def test_only_the_owner_of_the_files_may_read_them(
    database: Database, held: HeldDatabase, tmp_path: Path
) -> None:
    run(database, "CREATE TABLE secret AS SELECT 'hunter2' AS word")
    held.store("asked")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "snapshots").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "snapshots").stat().st_mode) == 0o700


def test_open_connections_end_and_find_the_restored_data(
    database: Database, held: HeldDatabase
) -> None:
    run(database, "CREATE TABLE t AS SELECT 1 AS a")
    snapshot = held.store("asked")
    run(database, "UPDATE t SET a = 2")
    with psycopg.connect(database.url) as connection:
        held.restore(snapshot)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    assert run(database, "SELECT a FROM t") == [(1,)]


@pytest.mark.parametrize("damage", ["a byte", "the end", "all"])
def test_a_damaged_file_is_refused_and_nothing_changes(
    database: Database, held: HeldDatabase, tmp_path: Path, damage: str
) -> None:
    run(database, "CREATE TABLE t AS SELECT 1 AS a")
    snapshot = held.store("asked")
    file = tmp_path / "snapshots" / f"{snapshot.id}.dump"
    content = file.read_bytes()
    middle = len(content) // 2
    damaged = {
        "a byte": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
        "the end": content[:-1],
        "all": b"",
    }
    file.write_bytes(damaged[damage])
    run(database, "UPDATE t SET a = 2")
    before = folder_contents(tmp_path)
    with pytest.raises(SnapshotDamagedError, match=r"damaged.*Nothing was changed"):
        held.restore(snapshot)
    assert run(database, "SELECT a FROM t") == [(2,)]
    assert folder_contents(tmp_path) == before


def test_there_is_no_snapshot_of_no_database(
    postgres_server: PostgresServer, files: SnapshotFiles, other: str
) -> None:
    held = HeldDatabase(postgres_server, other, files)
    assert (held.exists, held.has_rows, held.migrations) == (False, False, ())
    with pytest.raises(SnapshotError, match="no database yet"):
        held.store("asked")
    assert files.all() == []


def test_a_database_that_is_gone_is_made_again(
    postgres_server: PostgresServer, files: SnapshotFiles, other: str
) -> None:
    made = postgres_server.create_database(other)
    run(made, "CREATE TABLE t AS SELECT 1 AS a")
    held = HeldDatabase(postgres_server, other, files)
    snapshot = held.store("asked")
    postgres_server.drop_database(other)
    held.restore(snapshot)
    assert run(postgres_server.create_database(other), "SELECT a FROM t") == [(1,)]


def test_a_snapshot_of_another_place_belongs_to_the_owner_here(
    postgres_server: PostgresServer,
    database: Database,
    held: HeldDatabase,
    files: SnapshotFiles,
    other: str,
) -> None:
    run(database, "CREATE TABLE t AS SELECT 1 AS a", "CREATE FUNCTION f() RETURNS int RETURN 1")
    snapshot = held.store("asked")
    HeldDatabase(postgres_server, other, files).restore(snapshot)
    here = postgres_server.create_database(other)
    assert run(here, "ALTER TABLE t ADD b int", "DROP FUNCTION f()", "SELECT a FROM t") == [(1,)]
    owners = "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 't'"
    assert run(here, owners) == [(other,)]


def test_the_oldest_that_nobody_needs_make_room(
    held: HeldDatabase, files: SnapshotFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_engine.runtime.snapshots.files.KEPT_COUNT", 3)
    made = [held.store("asked") for _ in range(6)]
    needed = {made[0].id, made[2].id}
    assert [one.id for one in files.make_room(needed)] == [made[1].id, made[3].id, made[4].id]
    assert {one.id for one in files.all()} == {*needed, made[5].id}
    everyone = {one.id for one in files.all()}
    monkeypatch.setattr("local_engine.runtime.snapshots.files.KEPT_BYTES", 0)
    assert files.make_room(everyone) == []
    assert len(files.make_room(set())) == 3
    assert files.all() == []


def test_what_a_killed_process_left_is_cleared_away(
    held: HeldDatabase, files: SnapshotFiles, tmp_path: Path
) -> None:
    kept = held.store("asked")
    folder = tmp_path / "snapshots"
    (folder / "0123456789abcdef.new").write_bytes(b"half")
    (folder / "0123456789abcdef.dump").write_bytes(b"whole, but never described")
    (folder / "fedcba9876543210.json").write_text("{")
    held.recover()
    assert files.all() == [kept]
    assert {path.name for path in folder.iterdir()} == {
        f"{kept.id}.dump",
        f"{kept.id}.json",
        "fedcba9876543210.json",
    }


def test_rows_written_while_a_restoring_was_owed_are_kept(
    database: Database, held: HeldDatabase, files: SnapshotFiles
) -> None:
    run(database, "CREATE TABLE notes (title text)", "INSERT INTO notes VALUES ('old')")
    old = held.store("asked")
    files.owe(old.id)  # and whoever was to carry it out was killed
    run(database, "INSERT INTO notes VALUES ('written since')")
    held.recover()
    assert run(database, "SELECT title FROM notes") == [("old",)]
    (kept,) = [one for one in files.all() if one.id != old.id]
    assert (kept.reason, kept.rows) == ("replaced", {"notes": 2})
    held.recover()  # nothing is owed any more
    assert len(files.all()) == 2
    held.restore(kept)
    assert run(database, "SELECT title FROM notes ORDER BY 1") == [("old",), ("written since",)]
