"""The runner of migrations: order, checksums, both directions, one process at a time."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from reference_project import Project

from local_engine.generator.emit.fastapi.fixed.core.migrations import (
    _LOCK,
    MigrationError,
    migrate_down,
    migrate_up,
    read_migrations,
    read_status,
)
from local_engine.runtime.postgres import Database

FILES = {
    "0001_first.up.sql": "CREATE TABLE first (id int); CREATE TABLE log (text text);",
    "0001_first.down.sql": "DROP TABLE first, log;",
    "0002_second.up.sql": "CREATE TABLE second (id int); INSERT INTO log VALUES ('100%; ok');",
    "0002_second.down.sql": "DROP TABLE second;",
    "0003_third.up.sql": "CREATE TABLE third (id int);",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with three migrations."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def up(database: Database, folder: Path, to: int | None = None) -> list[str]:
    return asyncio.run(migrate_up(database.url, read_migrations(folder), to))


def down(database: Database, folder: Path, to: int | None = None) -> list[str]:
    return asyncio.run(migrate_down(database.url, read_migrations(folder), to))


def tables(database: Database) -> set[str]:
    with psycopg.connect(database.url) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
    return {row[0] for row in rows} - {"schema_migrations"}


def test_all_are_applied_once_and_in_order(database: Database, folder: Path) -> None:
    assert up(database, folder) == ["0001_first", "0002_second", "0003_third"]
    assert up(database, folder) == []
    assert tables(database) == {"first", "second", "third", "log"}


def test_up_and_down_to_a_number(database: Database, folder: Path) -> None:
    assert up(database, folder, 2) == ["0001_first", "0002_second"]
    assert [s.applied for s in asyncio.run(read_status(database.url, read_migrations(folder)))] == [
        True,
        True,
        False,
    ]
    assert down(database, folder) == ["0002_second"]
    assert down(database, folder, 0) == ["0001_first"]
    assert down(database, folder) == []
    assert tables(database) == set()
    assert up(database, folder) == ["0001_first", "0002_second", "0003_third"]


def test_status_changes_nothing(database: Database, folder: Path) -> None:
    asyncio.run(read_status(database.url, read_migrations(folder)))
    with psycopg.connect(database.url) as connection:
        assert connection.execute("SELECT to_regclass('schema_migrations')").fetchone() == (None,)


def test_a_file_that_fails_leaves_no_trace(database: Database, folder: Path) -> None:
    (folder / "0003_third.up.sql").write_text("CREATE TABLE third (id int); SELECT 1/0;")
    with pytest.raises(MigrationError, match="0003_third: division by zero"):
        up(database, folder)
    assert tables(database) == {"first", "second", "log"}
    (folder / "0003_third.up.sql").write_text("CREATE TABLE third (id int);")
    assert up(database, folder) == ["0003_third"]


def test_an_applied_file_must_not_change(database: Database, folder: Path) -> None:
    up(database, folder)
    path = folder / "0002_second.up.sql"
    path.write_bytes(path.read_bytes().replace(b";", b";\r\n").replace(b";\r\n", b";"))
    assert up(database, folder) == []
    path.write_text(path.read_text() + "-- more")
    with pytest.raises(MigrationError, match="0002_second: the file was changed"):
        up(database, folder)


def test_a_database_from_the_future_is_left_alone(database: Database, folder: Path) -> None:
    up(database, folder)
    (folder / "0003_third.up.sql").unlink()
    with pytest.raises(MigrationError, match="0003: the database has this migration"):
        up(database, folder)


def test_without_a_way_back_there_is_none(database: Database, folder: Path) -> None:
    up(database, folder)
    with pytest.raises(MigrationError, match="0003_third: there is no way back"):
        down(database, folder)


@pytest.mark.parametrize(
    ("add", "remove", "words"),
    [
        ("0005_fifth.up.sql", None, "0004: this migration is missing"),
        ("0003_other.up.sql", None, "the number is used twice"),
        ("4_fourth.up.sql", None, "name it like"),
        ("0004_fourth.sql", None, "name it like"),
        ("0004_fourth.down.sql", None, r"0004: there is no .up.sql"),
        ("0003_other.down.sql", None, "different names"),
        (None, "0001_first.up.sql", r"0001: there is no .up.sql"),
    ],
)
def test_a_folder_in_disorder_is_refused(
    folder: Path, add: str | None, remove: str | None, words: str
) -> None:
    if add:
        (folder / add).write_text("")
    if remove:
        (folder / remove).unlink()
    with pytest.raises(MigrationError, match=words):
        read_migrations(folder)


@pytest.mark.parametrize("to", [-1, 4])
def test_a_number_that_does_not_exist_is_refused(database: Database, folder: Path, to: int) -> None:
    with pytest.raises(MigrationError, match="give a number from 0 to 3"):
        up(database, folder, to)


def test_many_processes_at_once_apply_each_file_once(project: Project) -> None:
    def migrate(_: int) -> subprocess.CompletedProcess[str]:
        return project.command("migrate")

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(migrate, range(4)))
    applied = [line for result in done for line in result.stdout.splitlines() if "applied" in line]
    assert sorted(applied) == ["applied  0001_core", "applied  0002_initial"]


def test_a_process_waits_for_the_one_before_it(database: Database, folder: Path) -> None:
    waiting = """
        SELECT count(*), pg_sleep(0.01) FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND wait_event = 'advisory'
    """
    with psycopg.connect(database.url, autocommit=True) as other, ThreadPoolExecutor(1) as pool:
        other.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        done = pool.submit(up, database, folder)
        for _ in range(1000):
            row = other.execute(waiting).fetchone()
            if row is None or row[0] > 0 or done.done():
                break
        assert tables(database) == set()
        other.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
        assert len(done.result()) == 3


def test_the_command_goes_there_and_back(project: Project) -> None:
    assert (
        project.command("migrate", "status").stdout == "pending  0001_core\npending  0002_initial\n"
    )
    project.command("migrate")
    assert project.command("migrate", "down", "--to", "0", "--yes").stdout.count("taken back") == 2
    assert project.command("migrate").stdout.count("applied") == 2
    refused = project.command("migrate", "--to", "9", check=False)
    assert (refused.returncode, refused.stderr) == (1, "error: --to 9: give a number from 0 to 2\n")


def test_going_back_is_meant(project: Project) -> None:
    project.command("migrate")
    for arguments, titles in (
        (["--to", "0"], "0002_initial, 0001_core"),
        (["--to", "1"], "0002_initial"),
        ([], "0002_initial"),
    ):
        refused = project.command("migrate", "down", *arguments, stdin="yes\n", check=False)
        assert refused.returncode == 2
        assert f"takes back {titles}, and deletes the data" in refused.stderr
        assert "--yes" in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
    assert project.command("migrate", "status").stdout.count("applied") == 2
    assert project.command("migrate", "down", "--to", "2").stdout == "nothing to do\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(("typed", "code", "left"), [("yes", 0, 1), ("no", 2, 2), ("", 2, 2)])
def test_on_a_terminal_it_asks(project: Project, typed: str, code: int, left: int) -> None:
    project.command("migrate")
    terminal, other_end = os.openpty()
    with os.fdopen(terminal, "wb", buffering=0) as keyboard:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "migrate", "down"],
            cwd=project.folder,
            env=project.environment(),
            stdin=other_end,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        os.close(other_end)
        keyboard.write(f"{typed}\n".encode())
        _, told = process.communicate(timeout=60)
    assert process.returncode == code
    assert 'Type "yes" to go on' in told
    assert ("nothing was changed" in told) == (code == 2)
    assert project.command("migrate", "status").stdout.count("applied") == left


def test_nothing_is_left_after_going_all_the_way_back(project: Project) -> None:
    project.command("migrate")
    project.command("migrate", "down", "--to", "0", "--yes")
    with psycopg.connect(project.database_url) as connection:
        names = connection.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
            "UNION SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        ).fetchall()
    assert {name for (name,) in names} == {"schema_migrations", "schema_migrations_pkey"}


def test_an_unreachable_database_is_told_in_one_line(project: Project) -> None:
    project.database_url = "postgresql://nobody:secret@127.0.0.1:1/nothing"
    done = project.command("migrate", check=False)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "secret" not in done.stderr
