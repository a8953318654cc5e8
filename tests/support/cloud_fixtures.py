"""One migrated database as a template, and one cloud for all tests that need no other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from cloud_service import CloudService, Person, running_cloud

from cloud_api.database.migrations import migrate, read_migrations
from local_engine.runtime.postgres import PostgresServer

_numbers = count(1)


@pytest.fixture(scope="session")
def cloud_template(postgres_server: PostgresServer) -> str:
    """The name of a database with the schema and nothing in it."""
    database = postgres_server.create_database("cloud_template")
    asyncio.run(migrate(database.url, read_migrations()))
    return database.name


@pytest.fixture(scope="session")
def new_cloud_database(postgres_server: PostgresServer, cloud_template: str) -> Callable[[], str]:
    """Gives the address of a new database with the schema at each call."""

    def make() -> str:
        postgres_server.start()  # a test may have stopped it
        return postgres_server.copy_database(cloud_template, f"cloud_{next(_numbers)}").url

    return make


@pytest.fixture(scope="module")
def cloud(new_cloud_database: Callable[[], str]) -> Iterator[CloudService]:
    """A cloud that is shared: each test makes the accounts that it needs.

    It ends with the tests of a file: those of another may stop the database server.
    """
    with running_cloud(new_cloud_database()) as service:
        yield service


@pytest.fixture
def person(cloud: CloudService) -> Person:
    """Somebody who is signed in."""
    return cloud.new_person()
