"""Exports for operators, run on a real engine by the commands of their own READMEs.

Each needs the docker command line; the first one Compose, the second an engine that is in no swarm:
it makes one of this single node, and leaves it afterwards. Nothing else may use the engine
meanwhile: when a node joins or leaves a swarm, names in other networks may no longer be found.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from command_line import run
from docker_engine import the_engine
from operators import carry_out, fences, wait_for

from local_engine.runtime.ports import free_port

pytestmark = [pytest.mark.docker, pytest.mark.full]

SLUG = "probe-of-exports"
BLUEPRINT = """
blueprint: 1
name: Probe of exports
entities:
  Note:
    owner: author
    fields: {title: string}
    relations: {author: {to: User}}
    access: {list: owner, read: owner, create: authenticated, update: owner, delete: owner}
"""
ACCOUNT = {"email": "ann@example.com", "password": "correct horse battery"}
ADDRESS = "http://127.0.0.1:8000"


def said(*command: str, check: bool = True) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=check)
    return done.stdout.strip()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    the_engine()
    (tmp_path / "project").mkdir()
    (tmp_path / "project/blueprint.yaml").write_text(BLUEPRINT)
    run("generate", "project", cwd=tmp_path)
    return tmp_path / "project"


def exported(project: Path, form: str) -> Path:
    run("export", str(project), "--as", form, "-o", form, cwd=project.parent)
    return project.parent / form


@pytest.fixture
def environment() -> dict[str, str]:
    """The port is a free one; an engine as old as 20.10 builds without BuildKit."""
    return {**os.environ, "PORT": str(free_port()), "DOCKER_BUILDKIT": "0"}


def a_note(url: str) -> tuple[str, dict[str, str]]:
    """Register, sign in, make a note; where it is read, and by which header."""
    assert httpx.post(f"{url}/auth/register", json=ACCOUNT).status_code == 201
    form = {"username": ACCOUNT["email"], "password": ACCOUNT["password"]}
    token = httpx.post(f"{url}/auth/login", data=form).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    made = httpx.post(f"{url}/notes", json={"title": "first"}, headers=headers)
    assert made.status_code == 201
    return f"{url}{made.headers['location']}", headers


def test_compose_runs_as_its_readme_says(project: Path, environment: dict[str, str]) -> None:
    if subprocess.run(["docker", "compose", "version"], capture_output=True).returncode:
        pytest.skip("there is no Docker Compose here")
    folder = exported(project, "compose")
    first, second, *_ = fences(folder)
    url = f"http://127.0.0.1:{environment['PORT']}"
    try:
        carry_out(
            first.replace(f"curl {ADDRESS}/ready", ""),
            folder,
            environment,
            {"PROJECT      # the folder of the project": str(project)},
        )
        wait_for(
            folder, environment, f"curl -s -o /dev/null -w '%{{http_code}}' {url}/ready", "200"
        )
        path, headers = a_note(url)
        carry_out(second, folder, environment, {"PROJECT": str(project)})
        wait_for(
            folder, environment, f"curl -s -o /dev/null -w '%{{http_code}}' {url}/ready", "200"
        )
        assert httpx.get(path, headers=headers).json()["title"] == "first"
        assert (folder / "before-2.dump").read_bytes()[:5] == b"PGDMP"
        images = said("docker", "ps", "--filter", f"name={SLUG}-api", "--format", "{{.Image}}")
        assert images.split() == [f"{SLUG}:2"] * 2
        restored = (
            "docker compose stop api\n"
            "docker compose exec -T database pg_restore -U app -d app --clean --if-exists"
            " --single-transaction < before-2.dump\n"
            "docker compose start api"
        )
        assert restored.splitlines()[1] in (folder / "README.md").read_text()
        carry_out(restored, folder, environment, {})
        wait_for(
            folder, environment, f"curl -s -o /dev/null -w '%{{http_code}}' {url}/ready", "200"
        )
        assert httpx.get(path, headers=headers).json()["title"] == "first"
    finally:
        carry_out("docker compose down -v", folder, {**environment, "IMAGE": "none"}, {})
        said("docker", "rmi", f"{SLUG}:1", f"{SLUG}:2", check=False)


@contextmanager
def swarm() -> Iterator[str]:
    """A swarm of this node alone; gives the node's id."""
    if said("docker", "info", "-f", "{{.Swarm.LocalNodeState}}") != "inactive":
        pytest.skip("the engine is in a swarm already, and this test has none to play with")
    said("docker", "swarm", "init", "--advertise-addr", "127.0.0.1")
    try:
        yield said("docker", "info", "-f", "{{.Swarm.NodeID}}")
    finally:
        said("docker", "swarm", "leave", "--force")
        said("docker", "network", "rm", "docker_gwbridge", check=False)


class Load:
    """Clients that ask all the time, each request on a connection of its own."""

    def __init__(self, port: int, path: str, headers: Mapping[str, str], clients: int = 4) -> None:
        self._port, self._path, self._headers = port, path, headers
        self.answered = 0
        self.failed: list[str] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(clients)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        while not self._over.wait(0.01):
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
            try:
                connection.request("GET", self._path, headers=dict(self._headers))
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(f"{time.strftime('%X')} {error!r}")
            else:
                self.answered += answer.status == 200
                if answer.status != 200:
                    self.failed.append(f"{time.strftime('%X')} {answer.status}")
            finally:
                connection.close()


def test_a_swarm_is_updated_under_load_without_a_failed_request(
    project: Path, environment: dict[str, str]
) -> None:
    folder = exported(project, "swarm")
    first, second, last = fences(folder)
    images = {number: f"{SLUG}:{number}" for number in (1, 2)}
    for image in images.values():
        carry_out(f"docker build -q -t {image} {project}", folder, environment, {})
    # An address that no name server knows is asked for all the same, and for a long time.
    local = {"deploy -c": "deploy --resolve-image never -c", "registry.example.com/": ""}
    replicas = f"docker service ls --filter name={SLUG}_api --format '{{{{.Replicas}}}}'"
    tasks = f"docker stack ps {SLUG} --no-trunc; docker service logs {SLUG}_api"
    update = f"docker service inspect {SLUG}_api -f '{{{{.UpdateStatus.State}}}}'"
    port = int(environment["PORT"])
    with swarm() as node:
        line = next(line for line in first.splitlines() if "swarm init" in line)
        try:
            instead = {line: "", "true NODE": f"true {node}", f"curl {ADDRESS}/ready": "", **local}
            carry_out(first, folder, environment, instead)
            wait_for(folder, environment, replicas, "3/3", why=tasks)
            path, headers = a_note(f"http://127.0.0.1:{port}")
            with Load(port, path.partition(str(port))[2], headers) as load:
                carry_out(second, folder, environment, local)
                wait_for(folder, environment, update, "completed")
            print(f"{load.answered} requests answered, {len(load.failed)} failed")
            assert load.failed == []
            assert load.answered > 200
            running = said(
                "docker", "service", "ps", f"{SLUG}_api", "--filter", "desired-state=running",
                "--format", "{{.Image}}",
            )  # fmt: skip
            assert running.split() == [images[2]] * 3
        finally:
            end = last.splitlines()
            carry_out(end[0], folder, environment, {})
            wait_for(folder, environment, f"docker ps -aq --filter name={SLUG}_", "")
            carry_out("\n".join(end[1:]), folder, environment, {})
    said("docker", "rmi", *images.values(), check=False)
