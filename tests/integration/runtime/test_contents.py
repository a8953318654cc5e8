"""Rows put back in place of a copy: exactly what was there, or a plain no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import psycopg
import pytest

from local_engine.runtime.postgres import Database, PostgresServer
from local_engine.runtime.postgres.contents import Contents

SCHEMA = """
    CREATE SCHEMA more;
    CREATE TYPE mood AS ENUM ('sad', 'happy');
    CREATE TABLE author (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text NOT NULL UNIQUE,
        mood mood NOT NULL DEFAULT 'happy',
        upper_name text GENERATED ALWAYS AS (upper(name)) STORED,
        best_book integer
    );
    CREATE TABLE more."Book ""1"" of 2" (
        id serial PRIMARY KEY, gone text, author integer NOT NULL REFERENCES author, cover bytea
    );
    ALTER TABLE more."Book ""1"" of 2" DROP COLUMN gone;
    ALTER TABLE author ADD FOREIGN KEY (best_book) REFERENCES more."Book ""1"" of 2";
    CREATE TABLE journal (line text);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO journal VALUES (TG_OP || TG_TABLE_NAME); RETURN NULL; END $$;
    CREATE TRIGGER noted AFTER INSERT OR DELETE ON author FOR EACH ROW EXECUTE FUNCTION note();
    INSERT INTO author (name) VALUES (E'tab\\t, line\\n, \\\\N and "ü"'), ('B');
    INSERT INTO more."Book ""1"" of 2" (author, cover) VALUES (1, '\\x00ff'), (2, NULL);
    UPDATE author SET best_book = 2 WHERE id = 1;
"""
EVERYTHING = """
    SELECT (SELECT array_agg(a::text ORDER BY id) FROM author AS a),
           (SELECT array_agg(b::text ORDER BY id) FROM more."Book ""1"" of 2" AS b),
           (SELECT array_agg(line ORDER BY line) FROM journal),
           (SELECT array_agg(s::text ORDER BY s::text) FROM pg_sequences AS s)
"""
OTHER_SCHEMAS = [
    "ALTER TABLE journal ADD COLUMN at date",
    "ALTER TABLE journal ALTER COLUMN line SET DEFAULT 'x'",
    "ALTER TABLE author ALTER COLUMN mood DROP NOT NULL",
    "ALTER TABLE author DROP CONSTRAINT author_name_key",
    "ALTER TABLE author DISABLE TRIGGER noted",
    "CREATE INDEX ON journal (line)",
    "CREATE VIEW seen AS SELECT 1 AS one",
    "CREATE MATERIALIZED VIEW kept AS SELECT 1 AS one",
    "ALTER TYPE mood ADD VALUE 'calm'",
    "CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
    "CREATE TABLE extra ()",
    "ALTER SEQUENCE author_id_seq INCREMENT 7",
    "ALTER TABLE journal ENABLE ROW LEVEL SECURITY",
    "CREATE EXTENSION pg_trgm",
    "SELECT lo_create(0)",
]

_numbers = count(1)


@pytest.fixture
def database(postgres_server: PostgresServer) -> Iterator[Database]:
    name = f"contents_{next(_numbers)}"
    made = postgres_server.create_database(name)
    with connected(made) as connection:
        connection.execute(SCHEMA.encode())
    yield made
    postgres_server.drop_database(name)


@pytest.fixture
def contents(postgres_server: PostgresServer, database: Database) -> Contents:
    found = postgres_server.read_contents(database.name)
    assert found is not None
    return found


@contextmanager
def connected(database: Database) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database.url, autocommit=True) as connection:
        yield connection


def everything(connection: psycopg.Connection[Any]) -> object:
    return connection.execute(EVERYTHING).fetchone()


def change(connection: psycopg.Connection[Any], rows: int) -> None:
    connection.execute("""DELETE FROM more."Book ""1"" of 2" WHERE id = 1; TRUNCATE journal""")
    connection.execute("UPDATE author SET mood = 'sad', best_book = NULL")
    connection.execute(
        "INSERT INTO author (name) SELECT 'n' || n FROM generate_series(1, %s) AS n", [rows]
    )


@pytest.mark.parametrize("rows", [1, 20_000])
def test_everything_is_as_it_was_under_open_connections(
    postgres_server: PostgresServer, database: Database, contents: Contents, rows: int
) -> None:
    with connected(database) as connection:
        before = everything(connection)
        for _ in range(2):
            change(connection, rows)
            assert everything(connection) != before
            assert postgres_server.restore_contents(database.name, contents)
            assert everything(connection) == before
        connection.execute("INSERT INTO author (name) VALUES ('next')")
        row = connection.execute("SELECT max(id), count(*) FROM author").fetchone()
        assert row == (3, 3)
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            connection.execute("DELETE FROM author WHERE id = 2")


def test_tables_made_anew_alike_are_the_same_schema(
    postgres_server: PostgresServer, database: Database, contents: Contents
) -> None:
    with connected(database) as connection:
        connection.execute("DROP TABLE journal; CREATE TABLE journal (line text)")
        assert postgres_server.restore_contents(database.name, contents)
        assert connection.execute("SELECT count(*) FROM journal").fetchone() == (2,)


@pytest.mark.parametrize("statement", OTHER_SCHEMAS)
def test_another_schema_is_left_to_a_copy(
    postgres_server: PostgresServer, database: Database, contents: Contents, statement: str
) -> None:
    with connected(database) as connection:
        connection.execute("INSERT INTO journal VALUES ('later')")
        connection.execute(statement.encode())
        assert not postgres_server.restore_contents(database.name, contents)
        row = connection.execute("SELECT count(*) FROM journal WHERE line = 'later'").fetchone()
        assert row == (1,)


@pytest.mark.parametrize("statement", ["SELECT 1", "LOCK TABLE journal IN ROW EXCLUSIVE MODE"])
def test_nobody_is_disturbed_in_the_middle_of_a_transaction(
    postgres_server: PostgresServer, database: Database, contents: Contents, statement: str
) -> None:
    with connected(database) as connection:
        with connection.transaction():
            connection.execute(statement.encode())
            assert not postgres_server.restore_contents(database.name, contents)
        assert postgres_server.restore_contents(database.name, contents)


def test_what_is_more_than_rows_is_not_read(
    postgres_server: PostgresServer, database: Database
) -> None:
    with connected(database) as connection:
        connection.execute("CREATE MATERIALIZED VIEW kept AS SELECT 1 AS one")
    assert postgres_server.read_contents(database.name) is None
