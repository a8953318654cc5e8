"""The schema: by migrations, by the one file, by several replicas at once."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest
from database_catalog import Catalog, catalog
from procrastinate.schema import SchemaManager

from cloud_api.database.migrations import Migration, MigrationError, migrate, read_migrations
from cloud_api.database.setup_file import FILE, setup_text
from local_engine.runtime.postgres import Database, PostgresServer
from local_engine.runtime.postgres.binaries import program

MIGRATIONS = read_migrations()
TITLES = [migration.title for migration in MIGRATIONS]


def contents(url: str) -> tuple[Catalog, list[tuple[object, ...]]]:
    with psycopg.connect(url) as connection:
        stamps = connection.execute(
            "SELECT number, name, checksum FROM schema_migrations ORDER BY number"
        ).fetchall()
        return catalog(connection), stamps


def run_file(url: str, file: Path) -> subprocess.CompletedProcess[str]:
    command = [str(program("psql", None)), "--no-psqlrc", "--quiet", "-f", str(file), url]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})


def test_the_file_is_of_these_migrations() -> None:
    assert FILE.read_text("utf-8") == setup_text(MIGRATIONS), (
        "make it anew: python -m cloud_api schema --write"
    )


def test_the_file_gives_the_same_schema(postgres_server: PostgresServer) -> None:
    migrated = postgres_server.create_database("cloud_migrated")
    by_hand = postgres_server.create_database("cloud_by_hand")
    assert asyncio.run(migrate(migrated.url, MIGRATIONS)) == TITLES
    done = run_file(by_hand.url, FILE)
    assert (done.returncode, done.stderr) == (0, "")
    assert contents(by_hand.url) == contents(migrated.url)
    assert asyncio.run(migrate(by_hand.url, MIGRATIONS)) == []
    again = run_file(by_hand.url, FILE)
    assert again.returncode != 0
    assert "set up already" in again.stderr


def test_replicas_that_start_at_once_migrate_once(database: Database) -> None:
    async def start() -> list[list[str]]:
        return await asyncio.gather(*(migrate(database.url, MIGRATIONS) for _ in range(4)))

    done = asyncio.run(start())
    assert sorted(title for titles in done for title in titles) == TITLES


def test_a_migration_that_fails_leaves_no_trace(database: Database) -> None:
    good = Migration(1, "good", "CREATE TABLE good (id integer)")
    bad = Migration(2, "bad", "CREATE TABLE half (id integer); SELECT nonsense")
    with pytest.raises(MigrationError, match=r"0002_bad: column \"nonsense\" does not exist"):
        asyncio.run(migrate(database.url, [good, bad]))
    with psycopg.connect(database.url) as connection:
        row = connection.execute("SELECT to_regclass('good'), to_regclass('half')").fetchone()
    assert row == ("good", None)


def test_what_the_database_has_seen_must_not_change(database: Database) -> None:
    first = Migration(1, "first", "CREATE TABLE a (id integer)")
    asyncio.run(migrate(database.url, [first]))
    with pytest.raises(MigrationError, match="0001_first: the file was changed"):
        asyncio.run(migrate(database.url, [Migration(1, "first", "SELECT 1")]))
    with pytest.raises(MigrationError, match="0001: the database has this migration"):
        asyncio.run(migrate(database.url, []))


def test_an_unreachable_database_is_said_so() -> None:
    with pytest.raises(MigrationError, match=r"the database cannot be reached: .*Check PLATFORM_"):
        asyncio.run(migrate("postgresql://u:p@127.0.0.1:1/x", MIGRATIONS))


def test_the_numbers_have_no_gap(tmp_path: Path) -> None:
    (tmp_path / "0002_x.sql").write_text("")
    with pytest.raises(MigrationError, match="number 0001 is expected"):
        read_migrations(tmp_path)
    (tmp_path / "0002_x.sql").rename(tmp_path / "1.sql")
    with pytest.raises(MigrationError, match="name it like"):
        read_migrations(tmp_path)


def test_the_queues_schema_is_the_installed_librarys() -> None:
    """A newer procrastinate that changes its schema needs a migration, not another first one."""
    assert SchemaManager.get_schema().strip() in MIGRATIONS[0].sql


SHIPPED_NOWHERE = 9
"""Up to here nothing was ever updated in place, so the rule holds for what comes after."""

BREAKS_REPLICAS_OF_BEFORE = {
    "drops": re.compile(r"\bDROP\s+(?!INDEX\b|NOT\s+NULL\b|TRIGGER\b)\w+", re.IGNORECASE),
    "renames": re.compile(r"\bRENAME\b", re.IGNORECASE),
    "demands a value": re.compile(
        r"\bSET\s+NOT\s+NULL\b"
        r"|\bADD\s+COLUMN\s+(?!.*\bDEFAULT\b|.*\bGENERATED\b)[^,;]*\bNOT\s+NULL\b",
        re.IGNORECASE,
    ),
    "changes a type": re.compile(r"\bALTER\s+COLUMN\s+\w+\s+(SET\s+DATA\s+)?TYPE\b", re.IGNORECASE),
}


def breaks(migration: Migration) -> set[str]:
    """What of it the replicas of before may stumble over, while they still run.

    A file that only takes away what an earlier release has stopped using says so: `-- Contracts:
    0010.`, the migration that gave what is used instead.
    """
    contracts = re.search(r"^-- Contracts: (\d{4})\.$", migration.sql, re.MULTILINE)
    if contracts and int(contracts[1]) < migration.number:
        return set()
    return {what for what, how in BREAKS_REPLICAS_OF_BEFORE.items() if how.search(migration.sql)}


def test_replicas_of_before_go_on_while_an_update_rolls_out() -> None:
    found = {one.title: breaks(one) for one in MIGRATIONS[SHIPPED_NOWHERE:] if breaks(one)}
    assert found == {}, "expand first, contract in a later release: docs/cloud.md"


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        (MIGRATIONS[6].sql, {"drops", "demands a value"}),
        ("ALTER TABLE a RENAME COLUMN b TO c", {"renames"}),
        ("ALTER TABLE a ALTER COLUMN b TYPE bigint", {"changes a type"}),
        ("ALTER TABLE a ADD COLUMN b text NOT NULL", {"demands a value"}),
        ("ALTER TABLE a ADD COLUMN b text NOT NULL DEFAULT ''", set()),
        ("ALTER TABLE a ADD COLUMN b text; DROP INDEX c; CREATE TABLE d (e text NOT NULL)", set()),
        ("-- Contracts: 0010.\nALTER TABLE a DROP COLUMN b", set()),
        ("-- Contracts: 0011.\nALTER TABLE a DROP COLUMN b", {"drops"}),
    ],
)
def test_what_breaks_replicas_of_before_is_noticed(sql: str, found: set[str]) -> None:
    assert breaks(Migration(11, "new", sql)) == found


def test_open_runs_are_found_without_reading_all(new_cloud_database: Callable[[], str]) -> None:
    with psycopg.connect(new_cloud_database()) as connection:
        connection.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
        plan = connection.execute(
            "EXPLAIN SELECT id FROM generations WHERE status IN ('queued', 'running')"
        ).fetchall()
    assert "generations_open_idx" in str(plan)


def test_versions_keep_their_order_when_they_get_names_of_their_own(database: Database) -> None:
    """Those pushed before the migration come first, in their order; later ones after them."""
    asyncio.run(migrate(database.url, MIGRATIONS[:6]))
    digests = [sha256(text.encode()).digest() for text in "ABC"]
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute("INSERT INTO users (email, password_hash) VALUES ('a@b.c', 'x')")
        connection.execute("INSERT INTO projects (owner_id, name) SELECT id, 'P' FROM users")
        sql = "INSERT INTO blueprint_texts SELECT id, sha256(%s::text::bytea), %s FROM projects"
        for text in "ABC":
            connection.execute(sql, (text, text))
        old = "SELECT id, %s::bytea, '', '{}' FROM projects"
        into = "INSERT INTO blueprint_versions (project_id, digest, title, origin)"
        for digest in digests[:2]:
            connection.execute(f"{into} {old}", (digest,))
        asyncio.run(migrate(database.url, MIGRATIONS))
        into = "INSERT INTO blueprint_versions (project_id, digest, title, origin, id)"
        new = "SELECT id, %s::bytea, '', '{}', '00000000-0000-4000-8000-000000000000' FROM projects"
        connection.execute(f"{into} {new}", (digests[2],))
        found = connection.execute(
            "SELECT number, digest FROM blueprint_versions ORDER BY number"
        ).fetchall()
    assert found == [(1, digests[0]), (2, digests[1]), (3, digests[2])]
