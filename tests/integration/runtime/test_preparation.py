"""What a verification will need is there when it begins, and gone after it."""

from __future__ import annotations

import multiprocessing
import sys
from pathlib import Path

import psycopg
import pytest

from local_engine.runtime.postgres import PostgresServer
from local_engine.runtime.preparation import COPIES, preparing
from local_engine.runtime.preview.verification import DATABASE

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


def owner(server: PostgresServer) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(server.create_database(DATABASE).url, autocommit=True)


def test_each_copy_gets_a_server_of_its_own_with_an_empty_database() -> None:
    with preparing() as prepared:
        servers = prepared.servers()
        assert len({server.directory for server in servers}) == COPIES
        for server in servers:
            with owner(server) as connection:
                assert connection.execute(TABLES).fetchall() == []
    assert not any(server.running for server in servers)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a second copy, in a fork")
def test_a_fork_of_this_process_may_use_a_server_and_stop_it() -> None:
    def use(server: PostgresServer) -> None:
        with owner(server) as connection:
            connection.execute("SELECT 1")
        server.stop()
        server.start()

    with preparing() as prepared:
        *_, server = prepared.servers()
        fork = multiprocessing.get_context("fork").Process(target=use, args=[server])
        fork.start()
        fork.join()
        assert fork.exitcode == 0
        assert server.running
    assert not server.running


def test_what_a_killed_copy_left_is_not_for_the_next_one() -> None:
    with preparing() as prepared:
        for server in prepared.servers():
            with owner(server) as connection:
                connection.execute("CREATE TABLE left_behind ()")
    with preparing() as prepared:
        for server in prepared.servers():
            with owner(server) as connection:
                assert connection.execute(TABLES).fetchall() == []


def test_a_server_stays_for_the_next_one_unless_something_went_wrong_with_it(
    engine_home: Path,
) -> None:
    with pytest.raises(KeyError), preparing() as prepared:
        raise KeyError  # say, a prompt that nobody understands
    kept = [folder / "storage" for folder in engine_home.glob("verification-?")]
    assert len(kept) == COPIES
    assert all(folder.is_dir() for folder in kept)
    with pytest.raises(ZeroDivisionError), preparing() as prepared:
        assert 1 // (len(prepared.servers()) - COPIES)
    assert not any(folder.exists() for folder in kept)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a fork server")
def test_a_fork_server_that_was_killed_holds_nobody_up() -> None:
    with preparing() as prepared:
        assert prepared.forks is not None
        prepared.forks._process.kill()
        assert len(prepared.servers()) == COPIES
        prepared.load(Path("/nowhere"))
