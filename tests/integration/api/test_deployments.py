"""Deployments over HTTP, on the real Docker engine: from the first deploy to the last trace."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from api_operations import PROMPT
from docker_engine import the_engine
from engine_process import EngineProcess, new_home, running_engine
from event_stream import follow
from killing import eventually

pytestmark = [pytest.mark.docker, pytest.mark.full]


@pytest.fixture(scope="module")
def own() -> Iterator[EngineProcess]:
    the_engine()
    with new_home() as home, running_engine(home, BACKEND_GENERATOR_KEY_STORE="none") as running:
        yield running


def ended(client: httpx.Client, answer: httpx.Response) -> dict[str, Any]:
    """The job of an answer, when it has ended."""
    assert answer.status_code == 202, answer.text
    job = answer.json()["id"]
    list(follow(client, f"/api/v1/jobs/{job}/events"))
    found: dict[str, Any] = client.get(f"/api/v1/jobs/{job}").json()
    return found


def test_a_deployment_from_its_first_deploy_to_its_last_trace(own: EngineProcess) -> None:
    client = own.client
    client.timeout = httpx.Timeout(120)  # a start waits until the service is ready
    assert client.get("/api/v1/docker").json()["state"] == "ready"
    created = client.post("/api/v1/projects", json={"prompt": PROMPT}).json()
    path = f"/api/v1/projects/{created['project']['id']}"
    list(follow(client, f"/api/v1/jobs/{created['job']['id']}/events"))
    assert client.get(f"{path}/deployment").json()["status"] == "none"
    try:
        deployed = ended(client, client.post(f"{path}/deployment"))
        assert deployed["status"] == "succeeded", deployed
        facts = client.get(f"{path}/deployment").json()
        assert facts["status"] == "running"
        assert facts["parts"] == dict.fromkeys(("database", "service", "proxy"), "running")
        assert httpx.get(f"{facts['url']}/ready").status_code == 200
        (listed,) = client.get("/api/v1/deployments").json()["deployments"]
        assert listed == facts
        _watched(client, path, facts["url"])
        _kept(client, path)
        stopped = client.post(f"{path}/deployment/stop").json()
        assert (stopped["status"], stopped["url"]) == ("stopped", facts["url"])
        assert client.post(f"{path}/deployment/start").json()["status"] == "running"
        assert client.post(f"{path}/deletion").json()["code"] == "deployed"
        assert client.delete(f"{path}/deployment").status_code == 204
        assert client.get(f"{path}/deployment").json()["status"] == "removed"
        assert client.post(f"{path}/deployment/start").json()["code"] == "not-deployed"
        found = client.post("/api/v1/deployments/collection").json()
        assert [one for one in found["unused"] if one["whose"] != "any project"] == []
        assert found["missing"] == []
        unasked = client.delete(f"{path}/deployment", params={"data": True})
        assert (unasked.status_code, unasked.json()["code"]) == (409, "not-confirmed")
        assert client.get(f"{path}/deployment").json()["status"] == "removed"
    finally:
        asked = client.post(f"{path}/deployment/deletion").json()
        word = {"data": True, "confirmation": asked["confirmation"]}
        assert client.delete(f"{path}/deployment", params=word).status_code == 204
    assert client.get(f"{path}/deployment").json()["status"] == "none"


def _watched(client: httpx.Client, path: str, url: str) -> None:
    usage = client.get(f"{path}/deployment/usage").json()["parts"]
    assert {one["part"] for one in usage} == {"database", "service", "proxy"}
    lines: list[dict[str, Any]] = []

    def read() -> None:
        asked = {"text": "/followed", "part": "service"}
        stream = f"{path}/deployment/logs/stream"
        with client.stream("GET", stream, params=asked, timeout=30) as answer:
            for line in answer.iter_lines():
                if line.startswith("data:"):
                    lines.append({"raw": line})
                    return

    thread = threading.Thread(target=read)
    thread.start()

    def heard() -> bool:
        httpx.get(f"{url}/followed")
        return bool(lines)

    assert eventually(heard, 20)
    thread.join()
    asked: dict[str, str | int] = {"text": "/followed", "level": "info", "lines": 1}
    (line,) = client.get(f"{path}/deployment/logs", params=asked).json()["lines"]
    assert (line["part"], "/followed" in line["text"]) == ("service", True)
    late = {"since": "2100-01-01T00:00:00Z"}
    assert client.get(f"{path}/deployment/logs", params=late).json()["lines"] == []
    nowhere = {"since": "2100-01-01T00:00:00"}  # of no time zone
    for log in ("logs", "logs/stream"):
        assert client.get(f"{path}/deployment/{log}", params=nowhere).status_code == 422


def _kept(client: httpx.Client, path: str) -> None:
    assert client.get(f"{path}/deployment/rehearsal").json() is None
    made = client.post(f"{path}/snapshots", params={"of": "docker"})
    assert made.status_code == 201, made.text
    assert client.get(f"{path}/snapshots").json()["snapshots"] == []
    (kept,) = client.get(f"{path}/snapshots", params={"of": "docker"}).json()["snapshots"]
    assert kept == made.json()
    restored = ended(
        client, client.post(f"{path}/snapshots/{kept['id']}/restore", json={"of": "docker"})
    )
    assert restored["status"] == "succeeded", restored
    assert client.get(f"{path}/deployment").json()["status"] == "running"
