"""A Docker engine, and a project that is deployed to it once for all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docker_engine import OWN_SETTINGS, Deployed, engine_for_tests, leftovers
from generated_project import make_project

from local_engine.runtime.docker import managing
from local_engine.runtime.docker.deploying import Wish, deploy

if TYPE_CHECKING:
    from docker import APIClient


@pytest.fixture(scope="session")
def engine() -> Iterator[APIClient]:
    with engine_for_tests() as client:
        yield client


@pytest.fixture(scope="session")
def deployed(engine: APIClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """A deployment for tests that leave it as it was."""
    yield from _deployed(engine, tmp_path_factory.mktemp("deployed") / "todo")


@pytest.fixture(scope="module")
def damaged(engine: APIClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """A deployment for tests that damage it and see it mended."""
    yield from _deployed(engine, tmp_path_factory.mktemp("damaged") / "damaged")


@pytest.fixture
def left(engine: APIClient) -> Callable[[], list[str]]:
    """What the engine holds that it did not hold when the test began."""
    before = leftovers(engine)
    return lambda: [one for one in leftovers(engine) if one not in before]


def _deployed(engine: APIClient, folder: Path) -> Iterator[Deployed]:
    assert engine.ping()
    project = make_project(folder)
    (project / ".env").write_text(OWN_SETTINGS)
    deployment = deploy(Wish(project))
    yield Deployed(project, deployment)
    managing.remove(project, data=True)
