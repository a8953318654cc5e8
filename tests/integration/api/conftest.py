"""One engine for the tests that leave it as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from engine_process import EngineProcess, new_home, running_engine


@pytest.fixture(scope="session")
def engine() -> Iterator[EngineProcess]:
    """A running engine that is shared by all tests of this folder."""
    with new_home() as home, running_engine(home) as running:
        yield running


@pytest.fixture
def client(engine: EngineProcess) -> httpx.Client:
    """A client of it, with its token."""
    return engine.client


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder of this test alone."""
    with new_home() as folder:
        yield folder
