"""Every test of this folder is run with `python -m local_engine` and with the frozen engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_process import new_home
from frozen_engine import engine_under_test, moved_tree


@pytest.fixture(
    scope="session", autouse=True, params=["python", pytest.param("frozen", marks=pytest.mark.full)]
)
def program(request: pytest.FixtureRequest) -> Iterator[Path | None]:
    """The tree of the frozen engine that the test runs, or None for that of the checkout."""
    if request.param == "python":
        with engine_under_test(None):
            yield None
    else:
        with moved_tree() as tree, engine_under_test(tree):
            yield tree


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder of this test alone."""
    with new_home() as folder:
        yield folder
