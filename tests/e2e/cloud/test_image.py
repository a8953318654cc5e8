"""The cloud's image on a real engine: its size, who it runs as, and the session against it."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cloud_process import SECRET
from deploy_session import run_session
from docker_engine import the_engine
from repository_rules import ROOT

from local_engine.runtime.ports import free_port

pytestmark = [pytest.mark.docker, pytest.mark.full]

MOST_ADDED = 110_000_000
_COPIED = ("cloud_api", "local_engine", "packaging/cloud")


def docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout.strip()


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The image, built from what git knows."""
    the_engine()
    if shutil.which("docker") is None:
        pytest.skip("no docker command to build with")
    context = tmp_path_factory.mktemp("context")
    files = subprocess.run(
        ["git", "ls-files", "-z", *_COPIED], cwd=ROOT, capture_output=True, check=True, text=True
    )
    for name in filter(None, files.stdout.split("\0")):
        target = context / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    tag = f"backend-generator-cloud-test:{uuid.uuid4().hex[:12]}"
    docker(
        "build", "-q", "-f", str(context / "packaging/cloud/Dockerfile"), "-t", tag, str(context)
    )
    yield tag
    docker("image", "rm", "--no-prune", tag)


@contextlib.contextmanager
def database_and_network() -> Iterator[tuple[str, str]]:
    """A network with a PostgreSQL of its own: the network's name, and the database's address."""
    name = f"backend-generator-cloud-test-{uuid.uuid4().hex[:12]}"
    docker("network", "create", name)
    database = ""
    try:
        password = uuid.uuid4().hex
        database = docker(
            *("run", "--detach", "--rm", "--network", name, "--network-alias", "database"),
            *("--env", f"POSTGRES_PASSWORD={password}", "--env", "POSTGRES_USER=cloud"),
            "postgres:18",
        )
        yield name, f"postgresql://cloud:{password}@database:5432/cloud"
    finally:
        if database:
            docker("rm", "--force", "--volumes", database)
        docker("network", "rm", name)


@contextlib.contextmanager
def container(image: str, network: str, url: str) -> Iterator[tuple[str, str]]:
    """The cloud, hardened as compose.yaml has it: the container's id, and where it answers."""
    port = free_port()
    started = docker(
        *("run", "--detach", "--network", network, "--publish", f"127.0.0.1:{port}:8000"),
        *("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--init"),
        *("--security-opt", "no-new-privileges", "--restart", "on-failure:20"),
        *("--env", f"PLATFORM_DATABASE_URL={url}", "--env", f"PLATFORM_SECRET_KEY={SECRET}"),
        image,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 120
        while not _is_ready(address):
            assert time.monotonic() < deadline, docker("logs", started)[-3000:]
            time.sleep(0.2)
        yield started, address
    finally:
        docker("rm", "--force", started)


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/ready", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def test_it_is_small_and_nobody_special(image: str) -> None:
    lines = (ROOT / "packaging/cloud/Dockerfile").read_text("utf-8").splitlines()
    base = next(line.split()[1] for line in lines if line.startswith("FROM "))
    sizes = [int(docker("image", "inspect", "-f", "{{.Size}}", one)) for one in (image, base)]
    added = sizes[0] - sizes[1]
    print(f"{added / 1e6:.1f} MB on top of the base")
    assert added <= MOST_ADDED
    user = docker("image", "inspect", "-f", "{{.Config.User}}", image)
    assert user not in ("", "0", "root")


def test_the_session_of_the_documentation_works_against_it(image: str, tmp_path: Path) -> None:
    with (
        database_and_network() as (network, url),
        container(image, network, url) as (started, address),
    ):
        run_session(address, tmp_path)
        code = "from opentelemetry.exporter.otlp.proto.http import trace_exporter"
        docker("exec", started, "python", "-c", code)
        docker("exec", started, "python", "-m", "cloud_api", "backup", "/tmp/cloud.zip")
        docker("stop", "--time", "60", started)
        state = json.loads(docker("inspect", "-f", "{{json .State}}", started))
        assert state["ExitCode"] == 0
        assert SECRET not in docker("logs", started)
