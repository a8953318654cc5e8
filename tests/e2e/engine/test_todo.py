"""From a sentence to a verified project, by the API and by the command line."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from engine_process import EngineProcess, command_line, environment_for, running_engine
from event_stream import follow

pytestmark = pytest.mark.full
PROMPT = "A simple todo API"
GROUPS = {"static", "boot", "contract", "access", "model", "persistence"}


def result_of(engine: EngineProcess, job: str) -> dict[str, Any]:
    """The result of a job that must succeed, at its end."""
    events = list(follow(engine.client, f"/api/v1/jobs/{job}/events"))
    assert events[-1].type == "succeeded", events[-1].data
    result: dict[str, Any] = engine.client.get(f"/api/v1/jobs/{job}").json()["result"]
    return result


def test_by_the_api(home: Path) -> None:
    with running_engine(home) as engine:
        engine.client.timeout = httpx.Timeout(120.0)
        created = engine.client.post("/api/v1/projects", json={"prompt": PROMPT}).json()
        result_of(engine, created["job"]["id"])
        project = created["project"]["id"]
        preview = engine.client.post(f"/api/v1/projects/{project}/preview").json()
        url = result_of(engine, preview["id"])["url"]
        assert httpx.get(f"{url}/ready", trust_env=False).status_code == 200
        asked = {"kind": "verify", "project": project}
        verification = engine.client.post("/api/v1/jobs", json=asked).json()["id"]
        result = result_of(engine, verification)
        report = engine.client.get(f"/api/v1/reports/{verification}").json()
        groups = {group["group"] for group in report["groups"]}
    assert result["verdict"] == "passed"
    assert result["counts"]["failed"] == result["counts"]["inconclusive"] == 0
    assert result["counts"]["passed"] > 150
    assert groups >= GROUPS


def test_by_the_command_line(home: Path) -> None:
    made = run(home, "create", PROMPT, "--run", "--verify")
    assert made["verification"]["verdict"] == "passed"
    assert made["verification"]["counts"]["failed"] == 0
    (running,) = run(home, "list")["running"]
    assert httpx.get(f"{running['url']}/ready", trust_env=False).status_code == 200
    run(home, "stop", "--all")
    assert run(home, "list")["running"] == []


def run(home: Path, *arguments: str) -> dict[str, Any]:
    """The document that a command prints."""
    done = subprocess.run(
        [*command_line(), *arguments, "--json"],
        cwd=home,
        env=environment_for(home),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document
