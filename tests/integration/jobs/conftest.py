"""The jobs of an engine over one generated project."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_process import new_home
from generated_project import make_project

from local_engine.jobs import Jobs
from local_engine.runtime.home import VARIABLE

PROJECT = "todo"


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of this test alone."""
    with new_home() as folder:
        monkeypatch.setitem(os.environ, VARIABLE, str(folder))
        yield folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A todo project."""
    return make_project(tmp_path / PROJECT)


@pytest.fixture
def jobs(home: Path, project: Path) -> Iterator[Jobs]:
    """The service, ended in good order."""
    service = Jobs(home, {PROJECT: project}.__getitem__)
    yield service
    service.close("the test ended", 15.0)
