"""A deploy as a job: it says what it does, can be called off, and leaves a deployment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docker_engine import engine_for_tests, leftovers
from killing import eventually

from local_engine.jobs import Jobs, JobStatus
from local_engine.jobs.events import Failed, LogLine, StageBegan, StageEnded
from local_engine.jobs.kinds.deploy import DeployRequest
from local_engine.runtime.docker import managing
from local_engine.runtime.docker.sweeping import sweep

if TYPE_CHECKING:
    from docker import APIClient

PROJECT = "todo"

pytestmark = pytest.mark.docker


@pytest.fixture
def engine(home: Path) -> Iterator[APIClient]:
    """The engine; at the end nothing of this test's data folder may be left in it."""
    assert home.is_dir()
    with engine_for_tests() as client:
        yield client


@pytest.mark.parametrize("stage", ["migrate", pytest.param("image", marks=pytest.mark.full)])
def test_it_is_called_off(jobs: Jobs, engine: APIClient, stage: str) -> None:
    job = jobs.start(DeployRequest(project=PROJECT))
    for event in jobs.feed.follow(job.id):
        if isinstance(event.event, StageBegan) and event.event.stage == stage:
            jobs.cancel(job.id)
    assert jobs.get(job.id).status is JobStatus.CANCELLED
    sweep()  # a worker that takes too long to clear away is killed; the next start does it then
    assert eventually(lambda: leftovers(engine) == [], 10)


@pytest.mark.full
def test_it_tells_its_stages_and_its_build(jobs: Jobs, engine: APIClient) -> None:
    assert engine.ping()
    job = jobs.start(DeployRequest(project=PROJECT))
    events = [event.event for event in jobs.feed.follow(job.id)]
    ended = {event.stage for event in events if isinstance(event, StageEnded)}
    assert ended == {"engine", "image", "database", "migrate", "serve"}
    assert any(isinstance(event, LogLine) and "COPY app" in event.line for event in events)
    result = jobs.get(job.id).result
    assert result is not None
    (found,) = managing.list_deployments()
    assert (found.name, found.url) == (result["name"], result["url"])
    managing.remove(found.project, data=True)


def test_without_an_engine_it_says_so(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    job = jobs.start(DeployRequest(project=PROJECT))
    *_, last = jobs.feed.follow(job.id)
    assert isinstance(last.event, Failed)
    assert last.event.code == "no-docker"
    assert "/nowhere/docker.sock" in last.event.detail
    assert "DOCKER_HOST" in last.event.hint
