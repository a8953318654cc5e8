"""A database with random rows in it, for expressions to be worked out over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from expression_agreement.backends import fixed_offsets
from expression_agreement.property import SEED, Bench
from expression_agreement.world import create_tables, insert, make_world

from local_engine.generator.blueprint.expressions.sql_functions import SQL_FUNCTIONS
from local_engine.runtime.postgres import Database


@pytest.fixture
def bench(database: Database, tmp_path: Path) -> Iterator[Bench]:
    world = make_world(SEED % 1000)
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for function in SQL_FUNCTIONS:
            connection.execute(function.definition.encode())
        create_tables(connection)
        insert(connection, world)
        yield Bench(connection, world, fixed_offsets(world), tmp_path)
