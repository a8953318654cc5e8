"""Opens an SQLite file of the engine's: checked, backed up before a change, then up to date.

Write-ahead logging lets readers go on beside a writer; a commit is on the disk at the latest with
the next checkpoint, and a power cut never leaves half of one. Foreign keys are enforced.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

BUSY_SECONDS = 10.0
KEPT_BACKUPS = 3
_PATIENCE_SECONDS, _PAUSE_SECONDS = 1.0, 0.02
_PRIMARY = 0xFF
"""The bits of an SQLite error that say its kind; the others say more of it."""
_DAMAGE = {
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_CANTOPEN,
}


class Damaged(Exception):
    """The file is not, or no longer, a whole SQLite database."""


class TooNew(Exception):
    """A newer version of the program has changed the file; the message says what to do."""


def open_database(path: Path, migrations: Sequence[str], *, examined: bool = True) -> Database:
    """The database in this file, made if need be, usable from any thread (one at a time).

    Each migration is a script of SQL statements; the file remembers how many it has seen, so a new
    one goes to the end and an old one never changes. `examined` looks through the whole file for
    damage, which takes longer the larger it is. Raises `Damaged`, `TooNew`, `OSError`.
    """
    from sqlite_utils import Database

    patience = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return Database(_opened(path, migrations, examined), execute_plugins=False)
        except sqlite3.OperationalError as error:
            # Several that make a file at once meet each other's journals; a moment later all is
            # well, where nothing is wrong with the disk.
            if time.monotonic() > patience or not _may_pass(error):
                raise OSError(f"{path}: {error}") from error
            time.sleep(_PAUSE_SECONDS)
        except sqlite3.DatabaseError as error:
            raise Damaged(f"{path}: {error}") from error


def _opened(path: Path, migrations: Sequence[str], examined: bool) -> sqlite3.Connection:
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        _prepare(connection, examined)
        _migrate(connection, path, migrations)
    except BaseException:
        connection.close()
        raise
    return connection


def _may_pass(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & _PRIMARY in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY)


def tells_damage(error: sqlite3.Error) -> bool:
    """Whether an open database says that its file is no longer what it was."""
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY in _DAMAGE


def set_aside(path: Path) -> Path:
    """Move a damaged file, with what belongs to it, out of the way; nothing is deleted."""
    place = path.with_name(f"{path.name}.damaged-{time.time_ns()}")
    path.replace(place)
    for suffix in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).replace(place.with_name(place.name + suffix))
    return place


def _prepare(connection: sqlite3.Connection, examined: bool) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0] if examined else "ok"
    if found != "ok":
        raise sqlite3.DatabaseError(found)


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> None:
    if _missing(connection, path, migrations) == 0:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been faster: it is looked at again now that the file is ours.
        done = len(migrations) - _missing(connection, path, migrations)
        if 0 < done < len(migrations):
            _back_up(path, done)
        for number in range(done, len(migrations)):
            for statement in _statements(migrations[number]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number + 1}")
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def _missing(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> int:
    """How many migrations the file has not seen. Raises `TooNew`."""
    done = _version(connection)
    if done > len(migrations):
        raise TooNew(
            f"{path} was changed by a newer version of Backend Generator (format {done}; this one "
            f"knows {len(migrations)}). Install that version again."
        )
    return len(migrations) - done


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> list[str]:
    """The statements of a script; a trigger's body is one with it."""
    found, rest = [], ""
    for line in script.splitlines():
        rest += line + "\n"
        if sqlite3.complete_statement(rest):
            found.append(rest.strip())
            rest = ""
    if rest.strip():
        raise ValueError(f"a migration ends in the middle of a statement: {rest.strip()!r}")
    return found


def _back_up(path: Path, version: int) -> None:
    """Keep what was last committed, while nobody else may write."""
    copy = path.with_name(f"{path.name}.before-{version + 1}")
    unfinished = copy.with_name(f"{copy.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    with (
        contextlib.closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as source,
        contextlib.closing(sqlite3.connect(unfinished)) as target,
    ):
        source.backup(target)
    unfinished.replace(copy)
    backups = sorted(path.parent.glob(f"{path.name}.before-*"), key=lambda one: one.stat().st_mtime)
    for old in backups[:-KEPT_BACKUPS]:
        old.unlink(missing_ok=True)
