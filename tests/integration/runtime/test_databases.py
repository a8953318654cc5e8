"""Databases of one server: who may see what, copies, and removal."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import psycopg
import pytest

from local_engine.runtime.postgres import Database, PostgresServer, databases

_numbers = count(1)


@pytest.fixture
def name(postgres_server: PostgresServer) -> Iterator[str]:
    """A name that no other test uses; what bears it is removed afterwards."""
    name = f"project_{next(_numbers)}"
    yield name
    for suffix in ("_copy", ""):
        postgres_server.drop_database(name + suffix)


def run(database: Database, *statements: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database.url, autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def test_an_owner_may_do_everything_inside_and_nothing_outside(
    postgres_server: PostgresServer, name: str, database: Database
) -> None:
    mine = postgres_server.create_database(name)
    run(mine, "CREATE EXTENSION btree_gist", "CREATE EXTENSION pg_trgm", "CREATE SCHEMA a")
    run(database, "CREATE TABLE secret AS SELECT 1")
    forbidden = [
        "CREATE ROLE r",
        "CREATE DATABASE d",
        f"ALTER ROLE {database.role} PASSWORD 'x'",
        "ALTER SYSTEM SET fsync = off",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY (SELECT 1) TO PROGRAM 'id'",
        f"DROP DATABASE {database.name}",
        f"ALTER ROLE {mine.role} SUPERUSER",
    ]
    for statement in forbidden:
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.OperationalError)):
            run(mine, statement)
    for neighbour in (database.name, "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(mine.url.removesuffix(name) + neighbour)


def test_the_password_is_not_shown_by_accident(database: Database) -> None:
    password = psycopg.conninfo.conninfo_to_dict(database.url)["password"]
    assert str(password) not in repr(database)
    assert len(str(password)) >= 32


def test_passwords_are_kept_hashed_and_asked_for(
    postgres_server: PostgresServer, database: Database
) -> None:
    with psycopg.connect(postgres_server.superuser_url) as connection:
        kept: dict[str, str] = dict(
            connection.execute("SELECT rolname, rolpassword FROM pg_authid").fetchall()
        )
    for role in (database.role, "postgres"):  # random passwords: one iteration is as good as many
        assert kept[role].startswith("SCRAM-SHA-256$1:")
    for wrong in ("x", kept[database.role]):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(database.url, password=wrong)


def test_creating_twice_keeps_everything(postgres_server: PostgresServer, name: str) -> None:
    first = postgres_server.create_database(name)
    run(first, "CREATE TABLE t AS SELECT 1 AS a")
    assert postgres_server.create_database(name) == first
    assert run(first, "SELECT a FROM t") == [(1,)]


def test_creating_it_from_several_sides_at_once_gives_one(
    postgres_server: PostgresServer, name: str
) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: postgres_server.create_database(name).url, range(4)))
    assert len(made) == 1


def test_a_lost_password_file_is_no_lost_database(
    postgres_server: PostgresServer, name: str
) -> None:
    before = postgres_server.create_database(name)
    (postgres_server.directory / "roles" / name).unlink()
    after = postgres_server.create_database(name)
    assert after.url != before.url
    assert run(after, "SELECT 1") == [(1,)]


def test_a_copy_is_whole_belongs_to_the_same_role_and_replaces_what_was_there(
    postgres_server: PostgresServer, name: str, database: Database
) -> None:
    source = postgres_server.create_database(name)
    run(source, "CREATE TABLE t AS SELECT 1 AS a")
    with psycopg.connect(source.url) as open_connection:
        copy = postgres_server.copy_database(name, f"{name}_copy")
        with pytest.raises(psycopg.OperationalError):
            open_connection.execute("SELECT 1")
    assert (copy.role, run(copy, "SELECT a FROM t")) == (source.role, [(1,)])
    run(source, "UPDATE t SET a = 2")
    with psycopg.connect(copy.url) as open_connection:
        assert postgres_server.copy_database(name, f"{name}_copy") == copy
        with pytest.raises(psycopg.OperationalError):
            open_connection.execute("SELECT 1")
    assert run(copy, "SELECT a FROM t") == [(2,)]
    run(copy, "DROP TABLE t")
    assert run(source, "SELECT a FROM t") == [(2,)]
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(database.url.removesuffix(database.name) + copy.name)


def test_nobody_slips_in_between_the_end_of_connections_and_the_copy(
    postgres_server: PostgresServer, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection pool tries to come back at once, and a database in use cannot be copied."""
    source = postgres_server.create_database(name)
    copy_for_real = databases._create_from
    refused = []

    def copy_as_a_pool_comes_back(*arguments: Any, **options: Any) -> None:
        with pytest.raises(psycopg.OperationalError) as error:
            psycopg.connect(source.url)
        refused.append(str(error.value))
        copy_for_real(*arguments, **options)

    monkeypatch.setattr(databases, "_create_from", copy_as_a_pool_comes_back)
    postgres_server.copy_database(name, f"{name}_copy")
    assert ["not currently accepting connections" in error for error in refused] == [True]
    assert run(source, "SELECT 1") == [(1,)]


def test_there_is_no_copy_of_nothing_and_the_target_stays(
    postgres_server: PostgresServer, name: str
) -> None:
    target = postgres_server.create_database(name)
    with pytest.raises(LookupError, match="nothing"):
        postgres_server.copy_database("nothing", name)
    assert run(target, "SELECT 1") == [(1,)]


def test_a_copy_that_was_interrupted_leaves_the_source_usable(
    postgres_server: PostgresServer, name: str
) -> None:
    source = postgres_server.create_database(name)
    with psycopg.connect(postgres_server.superuser_url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false".encode())
    with pytest.raises(psycopg.OperationalError):
        run(source, "SELECT 1")
    assert run(postgres_server.create_database(name), "SELECT 1") == [(1,)]


def test_dropping_ends_connections_and_takes_the_role_along_with_its_last_database(
    postgres_server: PostgresServer, name: str
) -> None:
    database = postgres_server.create_database(name)
    copy = postgres_server.copy_database(name, f"{name}_copy")
    with psycopg.connect(database.url):
        postgres_server.drop_database(name)
    assert not postgres_server.has_database(name)
    assert run(copy, "SELECT 1") == [(1,)]
    postgres_server.drop_database(copy.name)
    assert not (postgres_server.directory / "roles" / name).exists()
    with psycopg.connect(postgres_server.superuser_url) as connection:
        roles = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        assert roles.fetchone() is None
    postgres_server.drop_database(name)


def test_what_a_killed_server_was_dropping_is_dropped_in_the_end(
    postgres_server: PostgresServer, name: str
) -> None:
    database = postgres_server.create_database(name)
    with psycopg.connect(postgres_server.superuser_url, autocommit=True) as connection:
        # What DROP DATABASE writes first, so that nobody uses what is half there.
        connection.execute(
            b"UPDATE pg_database SET datconnlimit = -2 WHERE datname = %s", [database.name]
        )
    postgres_server.drop_database(name)
    assert not postgres_server.has_database(name)
