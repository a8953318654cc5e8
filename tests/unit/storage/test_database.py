"""Opening the engine's SQLite files."""

from __future__ import annotations

import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from local_engine.storage import Damaged, TooNew, open_database, set_aside

FIRST = "CREATE TABLE a (id INTEGER PRIMARY KEY, word TEXT NOT NULL) STRICT;"
SECOND = """
CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER NOT NULL REFERENCES a ON DELETE CASCADE) STRICT;
CREATE TRIGGER seen AFTER INSERT ON a BEGIN
  INSERT INTO b (a) VALUES (new.id);
END;
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.sqlite3"


def test_a_new_file_gets_all_migrations(path: Path) -> None:
    database = open_database(path, [FIRST, SECOND])
    database["a"].insert({"word": "x"})  # type: ignore[union-attr]  # a table, not a view
    assert database.execute("SELECT count(*) FROM b").fetchone() == (1,)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert database.journal_mode == "wal"


def test_foreign_keys_hold(path: Path) -> None:
    database = open_database(path, [FIRST, SECOND])
    with pytest.raises(sqlite3.IntegrityError):
        database.execute("INSERT INTO b (a) VALUES (7)")


def test_an_older_file_is_kept_before_it_is_changed(path: Path) -> None:
    database = open_database(path, [FIRST])
    database.execute("INSERT INTO a (word) VALUES ('kept')")
    database.close()
    open_database(path, [FIRST, SECOND]).close()
    copy = sqlite3.connect(path.with_name("x.sqlite3.before-2"))
    assert copy.execute("SELECT word FROM a").fetchall() == [("kept",)]
    assert copy.execute("PRAGMA user_version").fetchone() == (1,)
    copy.close()


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    open_database(path, [FIRST]).close()
    with pytest.raises(OSError, match="no such table"):
        open_database(path, [FIRST, "CREATE TABLE c (x) ;\nINSERT INTO missing VALUES (1);"])
    database = open_database(path, [FIRST])
    assert database.table_names() == ["a"]


def test_a_newer_file_is_left_alone(path: Path) -> None:
    open_database(path, [FIRST, SECOND]).close()
    before = path.read_bytes()
    with pytest.raises(TooNew, match="newer version"):
        open_database(path, [FIRST])
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"not a database" * 100, b"SQLite format 3\0" + b"x" * 5000])
def test_a_damaged_file_is_told_and_can_be_set_aside(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(Damaged):
        open_database(path, [FIRST])
    place = set_aside(path)
    assert place.read_bytes() == content
    assert open_database(path, [FIRST]).table_names() == ["a"]


def test_several_at_once_migrate_once(tmp_path: Path) -> None:
    failures: list[BaseException] = []

    def opening(path: Path) -> None:
        try:
            open_database(path, [FIRST, SECOND]).close()
        except BaseException as error:
            failures.append(error)

    for number in range(40):
        path = tmp_path / f"{number}.sqlite3"
        threads = [threading.Thread(target=opening, args=(path,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert sorted(open_database(path, [FIRST, SECOND]).table_names()) == ["a", "b"]


def test_half_a_statement_is_a_mistake_of_ours(path: Path) -> None:
    with pytest.raises(ValueError, match="middle of a statement"):
        open_database(path, ["CREATE TABLE a ("])
