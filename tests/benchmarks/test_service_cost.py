"""CPU time of a request: the generated todo backend against two hand-written services.

All three run with one worker on the same database and table, with the same features (token check,
ETag, structured log, security headers), in the same run. Ratios are asserted, not times.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from benchmark_load import Call, cpu_microseconds, json_body, table

from local_engine.generator.blueprint import load
from local_engine.projects import Project
from local_engine.runtime.ports import free_port
from local_engine.runtime.postgres import temporary_server
from local_engine.runtime.preview.environment import service_environment

pytestmark = pytest.mark.full

PEERS = Path(__file__).parent / "peers"
SUPPORT = Path(__file__).parents[1] / "support"
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "01-todo" / "blueprint.yaml"
SECRET = "benchmark-" * 4
REQUESTS = int(os.environ.get("BENCHMARK_REQUESTS", "1500"))
ROUNDS = 3


@dataclass(frozen=True)
class Served:
    """A running service."""

    name: str
    url: str
    pid: int


def test_cpu_per_request(tmp_path: Path) -> None:
    Project.create(tmp_path / "todo", load(EXAMPLE.read_text()))
    with temporary_server() as server:
        url = server.create_database("benchmark").url
        environment = service_environment(database_url=url, secret_key=SECRET, settings={})
        _migrate(tmp_path / "todo", environment)
        with _services(tmp_path, environment) as services:
            rows = _measure(services)
    print(table("CPU microseconds a request", ["request", "generated", "tuned", "ORM"], rows))
    ratios = [(name, orm / ours, ours / tuned) for name, ours, tuned, orm in rows]
    print(table("Ratios", ["request", "ORM / generated", "generated / tuned"], ratios))
    for name, to_orm, to_tuned in ratios:
        assert to_orm >= (4.0 if name == "list of 50" else 2.0), name
        assert to_tuned <= 1.3, name


def _measure(services: list[Served]) -> list[tuple[str, float, float, float]]:
    ours = services[0]
    token, todo_id = _sign_in_and_fill(ours.url)
    calls = {
        "one row": Call("GET", f"/todos/{todo_id}"),
        "list of 50": Call("GET", "/todos?limit=50"),
        "filtered list": Call("GET", "/todos?limit=20&done=true"),
        "create": Call("POST", "/todos", json_body(title="Buy milk", due_on="2030-01-31")),
    }
    rows = []
    for name, call in calls.items():
        costs = {service.name: float("inf") for service in services}
        for _ in range(ROUNDS):  # interleaved, so that a busy moment hits all of them
            for service in services:
                cost = cpu_microseconds(service.url, service.pid, call, token, REQUESTS)
                costs[service.name] = min(costs[service.name], cost)
        rows.append((name, costs["generated"], costs["tuned"], costs["orm"]))
    return rows


def _sign_in_and_fill(url: str) -> tuple[str, str]:
    account = {"email": "bench@example.com", "password": "correct horse battery"}
    with httpx.Client(base_url=url) as client:
        assert client.post("/auth/register", json=account).status_code == 201
        form = {"username": account["email"], "password": account["password"]}
        login = client.post("/auth/login", data={"grant_type": "password", **form})
        token: str = login.json()["access_token"]
        client.headers["authorization"] = f"Bearer {token}"
        for number in range(60):
            body = {"title": f"Todo {number}", "done": number % 2 == 0, "description": "x" * 80}
            created = client.post("/todos", json=body)
            assert created.status_code == 201
        return token, created.json()["id"]


def _migrate(project: Path, environment: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "-m", "app", "migrate", "up"], cwd=project, env=environment, check=True
    )


@contextmanager
def _services(folder: Path, environment: dict[str, str]) -> Iterator[list[Served]]:
    commands = {
        "generated": ([sys.executable, "-m", "app", "serve", "--port"], folder / "todo"),
        "tuned": ([sys.executable, "tuned_service.py"], PEERS),
        "orm": ([sys.executable, "orm_service.py"], PEERS),
    }
    processes, served = [], []
    with (folder / "services.log").open("wb") as log:
        try:
            for name, (command, cwd) in commands.items():
                port = free_port()
                process = subprocess.Popen(
                    [*command, str(port)],
                    cwd=cwd,
                    env={**environment, "PYTHONPATH": str(SUPPORT if cwd == PEERS else cwd)},
                    stdout=log,
                    stderr=log,
                )
                processes.append(process)
                served.append(Served(name, f"http://127.0.0.1:{port}", process.pid))
                _wait(served[-1].url)
            yield served
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(15)


def _wait(url: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"{url} did not become ready")
