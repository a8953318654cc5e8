"""Migrations: numbered SQL files, applied in order, each in a transaction of its own.

The table `schema_migrations` remembers which were applied, with a checksum of the file: an applied
file must not change any more. An advisory lock lets one replica migrate at a time; it belongs to
the transaction, so that it holds behind a pooler too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from cloud_api.database.pool import Connection, connection_options, fetch_all, fetch_one

FOLDER = Path(__file__).with_name("migrations")
OLDEST_SERVER = 18

_NAME = re.compile(r"(?P<number>\d{4})_(?P<name>[a-z0-9_]+)\.sql")

# Any number will do, as long as nothing else in this database uses it.
_LOCK = 7_205_759_403_792_793

CREATE_TABLE = """CREATE TABLE IF NOT EXISTS schema_migrations (
    number integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)"""


class MigrationError(Exception):
    """The schema cannot be brought up to date; the message says which file, why, what to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the file, in hexadecimal; line ends do not count."""
        return hashlib.sha256(self.sql.replace("\r\n", "\n").encode()).hexdigest()

    @property
    def title(self) -> str:
        """Number and name as in the file's name."""
        return f"{self.number:04d}_{self.name}"


def read_migrations(folder: Path = FOLDER) -> list[Migration]:
    """The migrations of a folder in order.

    Raises `MigrationError` for a gap in the numbers, or a file name that is not understood.
    """
    migrations = []
    for expected, path in enumerate(sorted(folder.glob("*.sql")), start=1):
        parts = _NAME.fullmatch(path.name)
        if parts is None:
            raise MigrationError(f"{path.name}: name it like 0001_accounts.sql")
        if int(parts["number"]) != expected:
            raise MigrationError(f"{path.name}: number {expected:04d} is expected here")
        migrations.append(Migration(expected, parts["name"], path.read_text(encoding="utf-8")))
    return migrations


async def pending(connection: Connection, migrations: Sequence[Migration]) -> list[str]:
    """Titles of the migrations that are not applied yet. Changes nothing."""
    table = await fetch_one(connection, "SELECT to_regclass('schema_migrations') AS name", {})
    known = await _applied(connection) if table and table["name"] is not None else {}
    return [m.title for m in migrations if m.number not in known]


async def migrate(url: str, migrations: Sequence[Migration]) -> list[str]:
    """Apply what is missing; returns the titles applied.

    `url` is the address of PostgreSQL itself rather than of a pooler. Raises `MigrationError` when
    the server is too old, when an applied migration has changed or is unknown here, or when a file
    fails; what was applied before it stays, the failed one leaves no trace.
    """
    options = connection_options("backend-generator cloud, migrations") | {"connect_timeout": 10}
    try:
        connection = await psycopg.AsyncConnection.connect(url, **options)
    except psycopg.OperationalError as error:
        raise MigrationError(
            f"the database cannot be reached: {_first_line(error)}. "
            "Check PLATFORM_DATABASE_URL and that PostgreSQL runs"
        ) from None
    async with connection:
        _require_version(connection)
        done = []
        while title := await _apply_next(connection, migrations):
            done.append(title)
        return done


async def _apply_next(connection: Connection, migrations: Sequence[Migration]) -> str | None:
    """Apply the first migration that is missing, if there is one; returns its title."""
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        await connection.execute("SET LOCAL client_min_messages = warning")
        await connection.execute(CREATE_TABLE)
        applied = await _applied(connection)
        _compare(applied, migrations)
        missing = next((m for m in migrations if m.number not in applied), None)
        if missing is None:
            return None
        try:
            await connection.execute(missing.sql)
        except psycopg.Error as error:
            raise MigrationError(f"{missing.title}: {_first_line(error)}") from error
        await connection.execute(
            "INSERT INTO schema_migrations (number, name, checksum) VALUES (%s, %s, %s)",
            (missing.number, missing.name, missing.checksum),
        )
        return missing.title


async def _applied(connection: Connection) -> dict[int, str]:
    rows = await fetch_all(connection, "SELECT number, checksum FROM schema_migrations", {})
    return {row["number"]: row["checksum"] for row in rows}


def _require_version(connection: Connection) -> None:
    version = connection.info.server_version // 10_000
    if version < OLDEST_SERVER:
        raise MigrationError(
            f"the database server is PostgreSQL {version}; {OLDEST_SERVER} or newer is needed. "
            "Upgrade it, or point PLATFORM_DATABASE_URL at another one"
        )


def _compare(applied: dict[int, str], migrations: Sequence[Migration]) -> None:
    """Refuse to go on when the database has seen other files than these."""
    known = {m.number: m for m in migrations}
    for number, checksum in sorted(applied.items()):
        if number not in known:
            raise MigrationError(
                f"{number:04d}: the database has this migration, this version of the service does "
                "not know it. Start the newer version"
            )
        if known[number].checksum != checksum:
            raise MigrationError(
                f"{known[number].title}: the file was changed after it had been applied. "
                "Restore it and write a new migration"
            )


def _first_line(error: psycopg.Error) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else repr(error)
