"""The frozen engine alone, for what there is nothing in a checkout to compare with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_process import new_home
from frozen_engine import engine_under_test, moved_tree


@pytest.fixture(scope="session", autouse=True)
def program() -> Iterator[Path]:
    """The tree; engines and commands of the tests are those of this tree."""
    with moved_tree() as tree, engine_under_test(tree):
        yield tree


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder of this test alone."""
    with new_home() as folder:
        yield folder
