"""A copy of the sample project for a test that may change it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

SAMPLE_PROJECT = Path(__file__).parent / "sample_project"


@pytest.fixture
def sample_project(tmp_path: Path) -> Path:
    """A project folder of this test's own, called `notes`."""
    ignore = shutil.ignore_patterns("__pycache__")
    return shutil.copytree(SAMPLE_PROJECT, tmp_path / "notes", ignore=ignore)
