"""A real PostgreSQL for tests: one server a test process, one fresh database a test."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from local_engine.runtime.postgres import Database, PostgresServer, temporary_server

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running server, gone without a trace when the tests are over."""
    with temporary_server() as server:
        yield server


@pytest.fixture
def database(postgres_server: PostgresServer) -> Iterator[Database]:
    """An empty database that belongs to this test alone."""
    if not postgres_server.running:  # a test may have stopped it
        postgres_server.start()
    name = f"test_{next(_numbers)}"
    yield postgres_server.create_database(name)
    postgres_server.start()
    postgres_server.drop_database(name)
