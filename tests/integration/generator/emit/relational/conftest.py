"""Databases that have the tables of a Blueprint."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from database_catalog import Connection
from schema_of_text import application_of, install

from local_engine.runtime.postgres import Database

Opened = Callable[[str], Connection]


@pytest.fixture
def opened(database: Database) -> Iterator[Opened]:
    """Installs a Blueprint's tables and gives a connection to them, in autocommit."""
    connections: list[Connection] = []

    def open_with(text: str) -> Connection:
        with psycopg.connect(database.url) as setting_up:
            install(setting_up, application_of(text))
        connection = psycopg.connect(database.url, autocommit=True)
        connections.append(connection)
        return connection

    yield open_with
    for connection in connections:
        connection.close()
