"""A backup of the whole database as one file, and back again; takes no program of PostgreSQL's.

The file is a zip: `tables/NAME` is what COPY says of a table (PostgreSQL's text form), all at one
moment; `manifest.json` says which migrations the database had, and of each table its columns, how
many rows, and the SHA-256 of its entry. It holds what the database holds: password hashes, and keys
of providers as they are stored, encrypted. The version that made it restores it, and newer ones do:
they bring the schema to where it was, fill it, and then bring it up to date.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Literal

import psycopg
from psycopg import sql
from pydantic import BaseModel, ConfigDict, ValidationError

from cloud_api.database.migrations import Migration, migrate
from cloud_api.database.pool import Connection, connection_options, fetch_all, fetch_row

APPLICATION = "backend-generator cloud"
MANIFEST = "manifest.json"

_CHUNK = 1 << 20
_SCHEMA_TABLE = "schema_migrations"
_STAMPS = "SELECT number, checksum FROM schema_migrations ORDER BY number"
_NUMBER = "SELECT count(*) AS number FROM schema_migrations"

# Parents before those that refer to them. A generated column is none that COPY could fill.
_TABLES = """
    WITH RECURSIVE tables AS (
        SELECT c.oid, c.relname::text AS name FROM pg_class AS c
        WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
    ), ranked AS (
        SELECT oid, 0 AS depth FROM tables
        UNION
        SELECT k.conrelid, r.depth + 1
        FROM ranked AS r JOIN pg_constraint AS k ON k.confrelid = r.oid AND k.contype = 'f'
        WHERE k.conrelid <> k.confrelid AND r.depth < 50
    )
    SELECT t.name, (
        SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute AS a
        WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    ) AS columns
    FROM tables AS t
    ORDER BY (SELECT max(depth) FROM ranked AS r WHERE r.oid = t.oid), t.name
"""
_SEQUENCES = """
    SELECT sequencename::text AS name, last_value FROM pg_sequences
    WHERE schemaname = current_schema() AND last_value IS NOT NULL
    ORDER BY 1
"""
_SERVICES = """
    SELECT count(*) AS number FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND application_name LIKE %(application)s
"""

_END_SESSIONS = "DELETE FROM sessions; DELETE FROM mail_codes"


class BackupError(Exception):
    """A backup cannot be made or restored; the message says why and what to do."""


class Part(BaseModel):
    """A table in a backup."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    columns: list[str]
    rows: int
    sha256: str


class Manifest(BaseModel):
    """What is in a backup; `migrations` are number and checksum of each file, in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    made_at: datetime
    migrations: list[tuple[int, str]]
    tables: list[Part]
    sequences: dict[str, int]

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(part.rows for part in self.tables)


async def back_up(url: str, target: Path) -> Manifest:
    """Write a backup; the service may run meanwhile.

    `target` is there only once it is whole, and for its owner alone to read. Raises `BackupError`
    when it is there already, or the database has no schema yet.
    """
    with _whole_or_not_at_all(target) as file:
        async with _connected(url, "backup") as connection:
            return await _write(connection, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED))


async def back_up_into(url: str, stream: BinaryIO) -> Manifest:
    """Write a backup into a stream, such as a pipe. Raises `BackupError`, and `OSError`."""
    async with _connected(url, "backup") as connection:
        return await _write(connection, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED))


@contextmanager
def _whole_or_not_at_all(target: Path) -> Iterator[BinaryIO]:
    """A file for its owner alone, which gets its name once it is whole and on the disk."""
    if target.exists():
        raise BackupError(f"{target} is there already. Choose another name, or move it away")
    half = target.with_name(f".{target.name}.part")
    try:
        half.unlink(missing_ok=True)
        half.touch(mode=0o600)
        with half.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        half.rename(target)
    except OSError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror}") from None
    finally:
        half.unlink(missing_ok=True)


async def _write(connection: Connection, archive: zipfile.ZipFile) -> Manifest:
    with archive:
        async with connection.transaction():
            await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            tables = await fetch_all(connection, _TABLES, {})
            if not any(row["name"] == _SCHEMA_TABLE for row in tables):
                raise BackupError("the database is empty: there is nothing to back up")
            rows = await fetch_all(connection, _STAMPS, {})
            parts = [
                await _write_table(connection, archive, row["name"], row["columns"])
                for row in tables
                if row["name"] != _SCHEMA_TABLE
            ]
            sequences = await fetch_all(connection, _SEQUENCES, {})
        manifest = Manifest(
            made_at=datetime.now(UTC),
            migrations=[(row["number"], row["checksum"]) for row in rows],
            tables=parts,
            sequences={row["name"]: row["last_value"] for row in sequences},
        )
        archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
    return manifest


async def _write_table(
    connection: Connection, archive: zipfile.ZipFile, name: str, columns: list[str]
) -> Part:
    digest = hashlib.sha256()
    copy_out = sql.SQL("COPY {} ({}) TO STDOUT").format(*_names(name, columns))
    async with connection.cursor() as cursor:
        with archive.open(f"tables/{name}", "w", force_zip64=True) as entry:
            async with cursor.copy(copy_out) as copy:
                async for block in copy:
                    digest.update(block)
                    entry.write(block)
        return Part(name=name, columns=columns, rows=cursor.rowcount, sha256=digest.hexdigest())


def read_manifest(source: Path) -> Manifest:
    """What is in a backup, after every byte of it was checked. Raises `BackupError`."""
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = Manifest.model_validate_json(archive.read(MANIFEST))
            for part in manifest.tables:
                digest = hashlib.sha256()
                with archive.open(f"tables/{part.name}") as entry:
                    while block := entry.read(_CHUNK):
                        digest.update(block)
                if digest.hexdigest() != part.sha256:
                    raise BackupError(f"{source} is damaged: the table {part.name} has changed")
    except FileNotFoundError:
        raise BackupError(f"there is no file {source}") from None
    except ValidationError:
        raise BackupError(f"{source} is a backup in a form that this version cannot read") from None
    except (OSError, zipfile.BadZipFile, KeyError, EOFError, ValueError) as error:
        raise BackupError(f"{source} is damaged, or no backup: {error}") from None
    return manifest


async def restore(
    url: str, source: Path, migrations: list[Migration], *, replace: bool
) -> Manifest:
    """Fill a database from a backup, and bring its schema up to date.

    All rows come back or none, but for sessions and mailed codes: some had been ended since, and
    nobody knows which, so everybody signs in again. Raises `BackupError` when the file is damaged
    or of a newer version, when a service is at work on the database, and, unless `replace` is said,
    when rows are in it.
    """
    manifest = read_manifest(source)
    then = _migrations_of(manifest, migrations)
    async with _connected(url, "restore") as connection:
        await _require_quiet(connection)
        await _require_room(connection, manifest, replace=replace)
        await migrate(url, then)
        with zipfile.ZipFile(source) as archive:
            async with connection.transaction():
                await _lock_all(connection)
                # What may have come in since then is seen now, and nothing more comes in.
                await _require_quiet(connection)
                await _require_room(connection, manifest, replace=replace)
                await _fill(connection, archive, manifest)
                await connection.execute(_END_SESSIONS)
    await migrate(url, migrations)
    return manifest


async def unreadable_keys(url: str, knows: Callable[[str], bool]) -> int:
    """How many keys of providers are wrapped by a key that `knows` says no to."""
    async with _connected(url, "restore") as connection:
        rows = await fetch_all(
            connection, "SELECT kek_id, count(*) AS number FROM llm_keys GROUP BY kek_id", {}
        )
    return sum(row["number"] for row in rows if not knows(row["kek_id"]))


def _migrations_of(manifest: Manifest, migrations: list[Migration]) -> list[Migration]:
    """Those that the database had when the backup was made."""
    known = [(one.number, one.checksum) for one in migrations]
    if known[: len(manifest.migrations)] != manifest.migrations:
        raise BackupError(
            "the backup is of a database that this version does not know. "
            "Restore it with the version that made it, or a newer one"
        )
    return migrations[: len(manifest.migrations)]


async def _require_quiet(connection: Connection) -> None:
    at_work = await fetch_row(connection, _SERVICES, {"application": f"{APPLICATION}%"})
    if at_work["number"]:
        raise BackupError(
            "a service is at work on this database. Stop all replicas and workers first"
        )


async def _require_room(connection: Connection, manifest: Manifest, *, replace: bool) -> None:
    """Whether the rows may come in: the database is empty, or what is in it may go."""
    tables = await fetch_all(connection, _TABLES, {})
    for row in tables:
        name = row["name"]
        if name == _SCHEMA_TABLE:
            if (await fetch_row(connection, _NUMBER, {}))["number"] > len(manifest.migrations):
                raise BackupError(
                    "the schema of the database is newer than the backup's. "
                    "Make a new, empty database and restore into that"
                )
        # The queue of a service that only ever started is not empty, but nobody's.
        elif not replace and not name.startswith("procrastinate_"):
            some = sql.SQL("SELECT EXISTS (SELECT FROM {}) AS some").format(sql.Identifier(name))
            cursor = await connection.execute(some)
            found = await cursor.fetchone()
            if found is not None and found["some"]:
                raise BackupError(
                    f"the database is not empty: there are rows in {name}. Restore into an empty "
                    "one, or say --replace: then all that is in it goes"
                )


async def _lock_all(connection: Connection) -> None:
    """Keep everybody else out of all tables until the transaction ends."""
    tables = [sql.Identifier(row["name"]) for row in await fetch_all(connection, _TABLES, {})]
    await connection.execute(
        sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.SQL(", ").join(tables))
    )


async def _fill(connection: Connection, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    tables = [part.name for part in manifest.tables]
    all_tables = sql.SQL(", ").join(map(sql.Identifier, tables))
    await connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(all_tables))
    for part in manifest.tables:
        await _fill_table(connection, archive, part)
    for name, value in manifest.sequences.items():
        # Through the catalogue: a name from a file is no SQL.
        await connection.execute(
            "SELECT setval(format('%%I', %s::text)::regclass, %s)", (name, value)
        )


async def _fill_table(connection: Connection, archive: zipfile.ZipFile, part: Part) -> None:
    """Copy a table in; its triggers, which would tell and note anew, rest meanwhile."""
    table = sql.Identifier(part.name)
    await connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(table))
    copy_in = sql.SQL("COPY {} ({}) FROM STDIN").format(*_names(part.name, part.columns))
    async with connection.cursor() as cursor:
        with archive.open(f"tables/{part.name}") as entry:
            async with cursor.copy(copy_in) as copy:
                while block := entry.read(_CHUNK):
                    await copy.write(block)
        if cursor.rowcount != part.rows:
            raise BackupError(f"{part.name}: {cursor.rowcount} of {part.rows} rows came back")
    await connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(table))


def _names(table: str, columns: list[str]) -> tuple[sql.Composable, sql.Composable]:
    return sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))


@asynccontextmanager
async def _connected(url: str, purpose: str) -> AsyncIterator[Connection]:
    options = connection_options(f"{purpose} of {APPLICATION}")
    try:
        connection: Connection = await psycopg.AsyncConnection.connect(url, **options)
    except psycopg.OperationalError as error:
        first = str(error).strip().splitlines()[0]
        raise BackupError(
            f"the database cannot be reached: {first}. Check PLATFORM_DATABASE_URL"
        ) from None
    async with connection:
        try:
            yield connection
        except psycopg.Error as error:
            first = str(error).strip().splitlines()[0]
            raise BackupError(f"PostgreSQL refuses: {first}") from error
