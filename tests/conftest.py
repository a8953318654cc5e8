"""Fixtures for all tests, and the rule that none of them touches the user's own engine folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from postgres_fixture import database, postgres_server

from local_engine.runtime.home import VARIABLE
from local_engine.runtime.postgres import PostgresServer

# The same examples in every run, however busy the machine is; a failure prints how to repeat it.
settings.register_profile(
    "repository",
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("repository")

__all__ = ["database", "engine_home", "postgres_server"]


@pytest.fixture(scope="session", autouse=True)
def engine_home() -> Iterator[Path]:
    """A folder of this test process for databases, secrets and state; gone afterwards."""
    before = os.environ.get(VARIABLE)
    folder = Path(tempfile.mkdtemp(prefix="backend-generator-home-"))
    folder.chmod(0o711)  # PostgreSQL must get through when root runs the tests
    os.environ[VARIABLE] = str(folder)
    yield folder
    if before is None:
        del os.environ[VARIABLE]
    else:
        os.environ[VARIABLE] = before
    for storage in folder.glob("*/storage"):
        PostgresServer(storage.parent).remove()
    shutil.rmtree(folder)
