"""Repair over HTTP: a job finds a candidate, which waits until it is accepted or discarded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from engine_process import new_home, running_engine
from event_stream import follow

PAGES = "app/core/pagination.py"
RIGHT, BROKEN = "MAX_LIMIT = 100\n", "MAX_LIMIT = LARGEST\n"

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def api() -> Iterator[httpx.Client]:
    with new_home() as home, running_engine(home) as engine:
        yield engine.client


@pytest.fixture
def project(api: httpx.Client) -> dict[str, Any]:
    """A project that an edit keeps from starting."""
    created = api.post("/api/v1/projects", json={"prompt": "A simple todo API"}).json()
    list(follow(api, f"/api/v1/jobs/{created['job']['id']}/events"))
    facts: dict[str, Any] = created["project"]
    exchange(facts, RIGHT, BROKEN)
    return facts | {"path": f"/api/v1/projects/{facts['id']}"}


def exchange(project: dict[str, Any], old: str, new: str) -> None:
    file = Path(project["folder"]) / PAGES
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def repaired(api: httpx.Client, project: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The job of a repair, once it has ended."""
    asked = {"kind": "repair", "project": project["id"], "groups": ["boot"], **more}
    started = api.post("/api/v1/jobs", json=asked)
    assert started.status_code == 202, started.text
    list(follow(api, f"/api/v1/jobs/{started.json()['id']}/events"))
    job: dict[str, Any] = api.get(f"/api/v1/jobs/{started.json()['id']}").json()
    return job


def test_a_candidate_is_accepted_once(api: httpx.Client, project: dict[str, Any]) -> None:
    job = repaired(api, project)
    assert job["status"] == "succeeded", job
    assert job["result"]["candidate"]
    assert job["result"]["whole"]
    path = f"{project['path']}/repairs/{job['id']}"
    waiting = api.get(path).json()
    assert f"+{RIGHT}" in waiting["differences"][PAGES]
    assert BROKEN in (Path(project["folder"]) / PAGES).read_text(), "nothing is applied yet"
    version = api.post(f"{path}/accept")
    assert (version.status_code, version.json()["cause"]) == (200, "repair")
    assert RIGHT in (Path(project["folder"]) / PAGES).read_text()
    assert api.get(path).json()["code"] == "no-such-repair"
    assert api.post(f"{path}/accept").status_code == 404


def test_what_changed_meanwhile_is_not_overwritten(
    api: httpx.Client, project: dict[str, Any]
) -> None:
    job = repaired(api, project)
    exchange(project, BROKEN, "MAX_LIMIT = LARGEST  # mine\n")
    path = f"{project['path']}/repairs/{job['id']}"
    refused = api.post(f"{path}/accept")
    assert (refused.status_code, refused.json()["code"]) == (409, "project-refuses")
    assert "# mine" in (Path(project["folder"]) / PAGES).read_text()
    other = api.post("/api/v1/projects", json={"prompt": "A blog"}).json()["project"]["id"]
    assert api.get(f"/api/v1/projects/{other}/repairs/{job['id']}").status_code == 404
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


def test_a_model_is_not_asked_before_somebody_said_that_its_code_may_run(
    api: httpx.Client, project: dict[str, Any]
) -> None:
    job = repaired(api, project, choice={"via": "own-key"})
    (failed,) = [
        event.data["event"]
        for event in follow(api, f"/api/v1/jobs/{job['id']}/events")
        if event.type == "failed"
    ]
    assert failed["code"] == "not-agreed"
