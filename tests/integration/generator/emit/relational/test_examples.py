"""The example Blueprints get tables, forward and back."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from database_catalog import catalog, install_core

from local_engine.generator.blueprint import load_file
from local_engine.generator.emit.relational import schema_of
from local_engine.generator.emit.relational.migration import migration_between
from local_engine.runtime.postgres import Database

EXAMPLES = sorted(Path("docs/examples").glob("*/blueprint.yaml"))


def test_there_are_examples() -> None:
    assert EXAMPLES


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_there_and_back(database: Database, path: Path) -> None:
    migration = migration_between(None, schema_of(load_file(path).application))
    with psycopg.connect(database.url) as connection:
        install_core(connection)
        before = catalog(connection)
        connection.execute(migration.up.encode())
        first = catalog(connection)
        connection.execute(migration.down.encode())
        assert catalog(connection) == before
        connection.execute(migration.up.encode())
        assert catalog(connection) == first
