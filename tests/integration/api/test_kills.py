"""kill -9 of an engine that makes projects: what it told of is there and can be gone on with."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from engine_process import TOKEN, EngineProcess, running_engine
from event_stream import follow

PROJECTS = "/api/v1/projects"
JOBS = "/api/v1/jobs"
NOTES = "blueprint: 1\nname: Notes\nentities:\n  Note:\n    fields: {text: string}\n"


def killed_while_creating(engine: EngineProcess, seconds: float) -> set[str]:
    """Create one project after the other until the engine is killed; gives those it told of."""
    told: set[str] = set()

    def create() -> None:
        with contextlib.suppress(httpx.TransportError), engine.new_client(TOKEN) as client:
            while True:
                answer = client.post(PROJECTS, json={"blueprint": NOTES})
                if answer.status_code == 201:
                    told.add(answer.json()["project"]["id"])
                else:
                    assert answer.status_code == 429, answer.text

    creating = threading.Thread(target=create)
    creating.start()
    time.sleep(seconds)
    engine.kill()
    creating.join(30)
    return told


def has_blueprint(client: httpx.Client, project: str) -> bool:
    """Whether a project that nobody was told of is more than an empty folder."""
    return client.get(f"{PROJECTS}/{project}/blueprint").status_code != 404


def last_job(client: httpx.Client, project: str) -> dict[str, Any] | None:
    """The newest job of a project."""
    found: list[dict[str, Any]] = client.get(JOBS, params={"project": project}).json()["jobs"]
    return found[0] if found else None


def gone_on_with(client: httpx.Client, project: str) -> None:
    """The project's Blueprint is whole; its code is there, or comes when it is asked for."""
    path = f"{PROJECTS}/{project}"
    assert client.get(f"{path}/blueprint").json()["text"] == NOTES
    job = last_job(client, project)
    if job is None:
        body = {"kind": "generate", "project": project}
        job = client.post(JOBS, json=body).json()
    elif job["status"] != "succeeded":
        assert job["status"] == "interrupted"
        job = client.post(f"{JOBS}/{job['id']}/repeat").json()
    assert list(follow(client, f"{JOBS}/{job['id']}/events"))[-1].type == "succeeded"
    facts = client.get(path).json()
    assert (facts["present"], facts["made"], facts["busy"]) == (True, True, False)
    assert client.get(f"{path}/versions").json()["versions"]


def kills(home: Path, seeds: range) -> None:
    for seed in seeds:
        seconds = random.Random(seed).uniform(0, 2)
        print(f"seed {seed}: after {seconds:.2f} s")
        with running_engine(home) as engine:
            told = killed_while_creating(engine, seconds)
        with running_engine(home) as engine:
            listed = [one["id"] for one in engine.client.get(PROJECTS).json()["projects"]]
            assert told <= set(listed)
            for project in listed[:3]:  # the newest; those before are as they were made
                if project in told or has_blueprint(engine.client, project):
                    gone_on_with(engine.client, project)


def test_a_kill_while_projects_are_made(home: Path) -> None:
    kills(home, range(1))


@pytest.mark.full
def test_many_kills_while_projects_are_made(home: Path) -> None:
    kills(home, range(100, 120))
