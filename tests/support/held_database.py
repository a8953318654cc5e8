"""For tests of snapshots: a database that is held, and something of every kind to put into it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psycopg
from repository_rules import ROOT

from local_engine.generator.blueprint import load_file
from local_engine.generator.emit import emit
from local_engine.projects.snapshots import Where
from local_engine.runtime.events import ignore
from local_engine.runtime.postgres import Database, PostgresServer
from local_engine.runtime.snapshots import Script, SnapshotFiles
from local_engine.runtime.snapshots.before_migrating import keep_before_migrating
from local_engine.runtime.snapshots.files import DEPLOYED, Applied
from local_engine.runtime.snapshots.held import HeldDatabase
from local_engine.runtime.snapshots.scripts import (
    checksum_of,
    missing_from,
    scripts_in,
    scripts_of,
)

EVERYTHING = ROOT / "tests/support/blueprints/everything.yaml"
QUEUE = ROOT / "local_engine/generator/emit/fastapi/fixed/migrations/queue.up.sql"

TYPES = """
CREATE TABLE kinds (
    id uuid PRIMARY KEY DEFAULT uuidv7(), number bigint GENERATED ALWAYS AS IDENTITY,
    serial bigserial, words text COLLATE "pg_c_utf8", amount numeric(32, 2), yes boolean, day date,
    at_time time, moment timestamptz, long interval, document jsonb, list text[], content bytea,
    doubled numeric GENERATED ALWAYS AS (amount * 2) STORED
);
INSERT INTO kinds (words, amount, yes, day, at_time, moment, long, document, list, content) VALUES
    ('Grüße, 世界 \\N "\\t', 12.30, true, '0001-01-01', '23:59:59.999999', '9999-12-31 23:59:59Z',
     '1 year 2 days 03:04:05.000006', '{"a": [1, null, "é"]}', ARRAY['a,b', '', NULL, '"'],
     decode(repeat('00ff0a5c', 5000), 'hex')),
    ('', NULL, false, 'infinity', '00:00', '-infinity', '-1 mon', 'null', '{}', ''),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT setval('kinds_serial_seq', 4711);
CREATE VIEW shown AS SELECT words FROM kinds;
GRANT SELECT ON kinds TO PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
ALTER TABLE kinds ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON kinds USING (yes);
"""


def run(database: Database, *statements: str) -> list[tuple[object, ...]]:
    """Run statements as the database's owner; gives the rows of the last one."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def migrate(database: Database, scripts: tuple[Script, ...]) -> None:
    """Apply migrations as a project's own command does."""
    table = "number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL"
    with psycopg.connect(database.url) as connection:
        connection.execute(f"CREATE TABLE IF NOT EXISTS schema_migrations ({table})".encode())
        for script in scripts:
            one = script.applied
            connection.execute(script.up.encode())
            connection.execute(
                "INSERT INTO schema_migrations VALUES (%s, %s, %s)",
                (one.number, one.name, one.checksum),
            )


def script(number: int, up: str, down: str | None = None) -> Script:
    """A migration."""
    return Script(Applied(number, f"step{number}", checksum_of(up)), up, down)


def everything(database: Database) -> None:
    """The tables of the largest golden project, its queue included, and one row of every kind."""
    files = emit(load_file(EVERYTHING).application, EVERYTHING.read_text())
    migrate(database, scripts_of(files))
    run(database, QUEUE.read_text())
    run(
        database,
        *filter(str.strip, TYPES.split(";\n")),
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
        " SELECT 'q', 'send', jsonb_build_object('n', g) FROM generate_series(1, 50) AS g",
        "INSERT INTO files (content, content_type) VALUES (decode('89504e47', 'hex'), 'image/png')",
        "INSERT INTO users (email, password_hash, display_name) VALUES ('a@b.c', 'x', 'Ann')",
    )


class ServerData:
    """The database of one project on a server of the tests: what the project store asks for."""

    def __init__(self, server: PostgresServer, name: str, where: Where = "preview") -> None:
        self.server = server
        self.name = name
        self.where: Where = where
        self.rests = 0
        self.followed = 0
        server.create_database(name)

    @property
    def database(self) -> Database:
        """The database as its owner reaches it now."""
        return self.server.create_database(self.name)

    def has_database(self, project: Path) -> bool:
        """It is there from the start."""
        return self.server.has_database(self.name)

    @contextlib.contextmanager
    def open(self, project: Path) -> Iterator[HeldDatabase]:
        """As a preview's data is opened, or a deployment's."""
        folder = DEPLOYED if self.where == "docker" else "snapshots"
        files = SnapshotFiles(project / ".git/backend-generator" / folder)
        held = HeldDatabase(self.server, self.name, files)
        held.recover()
        yield held

    @contextlib.contextmanager
    def at_rest(self, project: Path) -> Iterator[HeldDatabase]:
        """Nothing runs on it."""
        self.rests += 1
        with self.open(project) as held:
            yield held

    def follow(self, project: Path) -> None:
        """Nothing runs on it."""
        self.followed += 1

    def run_project(self, project: Path) -> None:
        """Bring the database up to date as the start of a preview does."""
        with self.open(project) as held:
            keep_before_migrating(held, project, ignore)
            missing = missing_from(held.migrations, scripts_in(project))
        assert missing is not None, "the database has migrations that the code does not know"
        migrate(self.database, missing)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Run a statement as the owner."""
        return run(self.database, query)


def folder_contents(folder: Path) -> dict[str, bytes]:
    """Every file in a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
