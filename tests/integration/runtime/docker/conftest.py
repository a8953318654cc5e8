"""A Docker engine, and a project that is deployed to it once for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from docker_engine import Deployed, engine_for_tests
from generated_project import make_project

from local_engine.runtime.docker import managing
from local_engine.runtime.docker.deploying import Wish, deploy

if TYPE_CHECKING:
    from docker import APIClient


@pytest.fixture(scope="session")
def engine() -> Iterator[APIClient]:
    with engine_for_tests() as client:
        yield client


@pytest.fixture(scope="module")
def deployed(engine: APIClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    assert engine.ping()
    project = make_project(tmp_path_factory.mktemp("deployed") / "todo")
    deployment = deploy(Wish(project))
    yield Deployed(project, deployment)
    managing.remove(project, data=True)
