"""Migrations: numbered SQL files, applied forward and back in order, each in a transaction.

`migrations/0002_orders.up.sql` and its `.down.sql` are one migration. The table
`schema_migrations` remembers which were applied, with a checksum of the file: an applied file must
not change any more. One process migrates at a time (advisory lock); the others wait for it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from .db import Connection

_NAME = re.compile(r"(?P<number>\d{4})_(?P<name>[a-z0-9_]+)\.(?P<direction>up|down)\.sql")

# Any number will do, as long as nothing else in this database uses it.
_LOCK = 4_019_283_746_551

_CREATE_TABLE = """
    CREATE TABLE IF NOT EXISTS schema_migrations (
        number integer PRIMARY KEY,
        name text NOT NULL,
        checksum text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
    )
"""


class MigrationError(Exception):
    """The migrations cannot be applied; the message says which file and why."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema and the way back. `checksum` is of the way forward."""

    number: int
    name: str
    up: str
    down: str | None

    @property
    def checksum(self) -> str:
        """SHA-256 of the file, in hexadecimal; line ends do not count."""
        return hashlib.sha256(self.up.replace("\r\n", "\n").encode()).hexdigest()

    @property
    def title(self) -> str:
        """Number and name as in the file's name."""
        return f"{self.number:04d}_{self.name}"


@dataclass(frozen=True, slots=True)
class Status:
    """A migration and whether it has been applied."""

    title: str
    applied: bool


def read_migrations(folder: Path) -> list[Migration]:
    """The migrations of a folder in order.

    Raises `MigrationError` for a gap in the numbers, two files with one number, a file name that
    is not understood, or a way back without a way forward.
    """
    files: dict[int, dict[str, tuple[str, str]]] = {}
    for path in sorted(folder.glob("*.sql")):
        parts = _NAME.fullmatch(path.name)
        if parts is None:
            raise MigrationError(f"{path.name}: name it like 0001_initial.up.sql")
        directions = files.setdefault(int(parts["number"]), {})
        if parts["direction"] in directions:
            raise MigrationError(f"{path.name}: the number is used twice")
        directions[parts["direction"]] = (parts["name"], path.read_text(encoding="utf-8"))
    migrations = []
    for expected, (number, directions) in enumerate(sorted(files.items()), start=1):
        if number != expected:
            raise MigrationError(f"{expected:04d}: this migration is missing")
        if "up" not in directions:
            raise MigrationError(f"{number:04d}: there is no .up.sql")
        name, up = directions["up"]
        down = directions.get("down")
        if down is not None and down[0] != name:
            raise MigrationError(f"{number:04d}: .up.sql and .down.sql have different names")
        migrations.append(Migration(number, name, up, down[1] if down else None))
    return migrations


async def pending(connection: Connection, migrations: Sequence[Migration]) -> list[str]:
    """Titles of the migrations that are not applied yet."""
    return [s.title for s in await status(connection, migrations) if not s.applied]


async def status(connection: Connection, migrations: Sequence[Migration]) -> list[Status]:
    """Each migration in order, with whether it is applied. Changes nothing."""
    cursor = await connection.execute("SELECT to_regclass('schema_migrations') IS NOT NULL")
    row = await cursor.fetchone()
    applied = await _applied(connection) if row and row[0] else {}
    return [Status(m.title, m.number in applied) for m in migrations]


async def read_status(url: str, migrations: Sequence[Migration]) -> list[Status]:
    """As `status`, on a connection of its own."""
    async with await _connect(url) as connection:
        return await status(connection, migrations)


def titles_above(found: Sequence[Status], to: int | None) -> list[str]:
    """What `migrate_down` would take back, in its order."""
    applied = [one.title for one in found if one.applied]
    kept = len(applied) - 1 if to is None else sum(one.applied for one in found[: max(to, 0)])
    return applied[max(kept, 0) :][::-1]


async def migrate_up(url: str, migrations: Sequence[Migration], to: int | None = None) -> list[str]:
    """Apply what is missing, up to and including number `to`; returns the titles applied.

    Raises `MigrationError` when an applied migration has changed or is unknown here, or when a
    file fails; what was applied before it stays, the failed one leaves no trace.
    """
    last = _target(migrations, to, default=len(migrations))
    done: list[str] = []
    async with await _connect(url) as connection:
        applied = await _prepare(connection)
        _compare(applied, migrations)
        for migration in migrations:
            if migration.number in applied or migration.number > last:
                continue
            await _run(connection, migration, migration.up)
            await connection.execute(
                "INSERT INTO schema_migrations (number, name, checksum) VALUES (%s, %s, %s)",
                (migration.number, migration.name, migration.checksum),
            )
            await connection.commit()
            done.append(migration.title)
    return done


async def migrate_down(
    url: str, migrations: Sequence[Migration], to: int | None = None
) -> list[str]:
    """Take back the migrations above number `to` (default: the last one); returns their titles.

    Raises `MigrationError` when one has no way back or its file fails.
    """
    done: list[str] = []
    async with await _connect(url) as connection:
        applied = await _prepare(connection)
        _compare(applied, migrations)
        first = _target(migrations, to, default=max(applied, default=0) - 1)
        for migration in sorted(migrations, key=lambda m: -m.number):
            if migration.number not in applied or migration.number <= first:
                continue
            if migration.down is None:
                raise MigrationError(f"{migration.title}: there is no way back (.down.sql)")
            await _run(connection, migration, migration.down)
            await connection.execute(
                "DELETE FROM schema_migrations WHERE number = %s", (migration.number,)
            )
            await connection.commit()
            done.append(migration.title)
    return done


def _target(migrations: Sequence[Migration], to: int | None, *, default: int) -> int:
    if to is None:
        return default
    if not 0 <= to <= len(migrations):
        raise MigrationError(f"--to {to}: give a number from 0 to {len(migrations)}")
    return to


async def _connect(url: str) -> Connection:
    """A connection of its own: migrations may take longer than the service's time limits."""
    return await psycopg.AsyncConnection.connect(url, connect_timeout=10)


async def _prepare(connection: Connection) -> dict[int, str]:
    """Wait for the lock, make the table; returns what is applied: number → checksum."""
    await connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
    await connection.execute("SET client_min_messages = warning")
    await connection.execute(_CREATE_TABLE)
    await connection.commit()
    return await _applied(connection)


async def _applied(connection: Connection) -> dict[int, str]:
    cursor = await connection.execute("SELECT number, checksum FROM schema_migrations")
    return dict(await cursor.fetchall())


def _compare(applied: dict[int, str], migrations: Sequence[Migration]) -> None:
    """Refuse to go on when the database has seen other files than these."""
    known = {m.number: m for m in migrations}
    for number, checksum in sorted(applied.items()):
        if number not in known:
            raise MigrationError(
                f"{number:04d}: the database has this migration, the folder does not. "
                "Is this an older version of the project?"
            )
        if known[number].checksum != checksum:
            raise MigrationError(
                f"{known[number].title}: the file was changed after it had been applied. "
                "Restore it and write a new migration."
            )


async def _run(connection: Connection, migration: Migration, sql: str) -> None:
    """Run a file in the open transaction; several statements are sent as they are written."""
    try:
        await connection.execute(sql)
    except psycopg.Error as error:
        message = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise MigrationError(f"{migration.title}: {message}") from error
