"""What a container may not do, tried from inside of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docker_engine import Deployed, docker, inside
from generated_project import make_project

from local_engine.runtime.docker import managing
from local_engine.runtime.docker.deploying import Facts, Wish, deploy
from local_engine.runtime.docker.labels import RUNNING_PARTS, Part

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.docker

_LIMITS = """
cd /sys/fs/cgroup
cat memory.max pids.max 2>/dev/null || cat memory/memory.limit_in_bytes pids/pids.max
"""
_CONNECT = (
    "import socket,sys; s=socket.socket(); s.settimeout(3)\n"
    "try: s.connect((sys.argv[1], int(sys.argv[2])))\n"
    "except OSError as e: print('no way', e)\n"
    "else: print('connected')"
)


@pytest.fixture(scope="module")
def outside(engine: APIClient) -> tuple[str, str]:
    """An address that a container without our limits reaches: that of a name server."""
    assert engine.ping()
    lines = Path("/etc/resolv.conf").read_text().splitlines()
    addresses = [line.split()[1] for line in lines if line.startswith("nameserver")]
    for address in addresses:
        program = ("python", "-c", _CONNECT, address, "53")
        if docker("run", "--rm", "python:3.13-slim", *program).strip() == "connected":
            return address, "53"
    pytest.skip(f"no container reaches a name server here: {addresses}")


@pytest.fixture(params=RUNNING_PARTS)
def part(request: pytest.FixtureRequest) -> Part:
    return Part(request.param)


@pytest.fixture
def container(deployed: Deployed, part: Part) -> str:
    return deployed.container(part)


def status(engine: APIClient, container: str) -> dict[str, str]:
    """What the kernel says of a process that is started in the container."""
    code, said = inside(engine, container, "cat", "/proc/self/status")
    assert code == 0
    return dict(line.split(":\t", 1) for line in said.splitlines() if ":\t" in line)


def test_it_is_nobody_special(engine: APIClient, container: str, part: Part) -> None:
    facts = status(engine, container)
    assert facts["Uid"].split()[0] == ("999" if part is Part.DATABASE else "10001")
    assert int(facts["CapEff"], 16) == 0
    assert int(facts["CapBnd"], 16) == 0
    assert facts["NoNewPrivs"] == "1"


def test_the_root_is_read_only(engine: APIClient, container: str, part: Part) -> None:
    for path in ("/x", "/etc/x", "/usr/local/bin/x", "/srv/x"):
        code, said = inside(engine, container, "sh", "-c", f"echo > {path}", user="root")
        assert code
        assert "Read-only file system" in said or "nonexistent" in said, path
    code, _ = inside(engine, container, "sh", "-c", "echo > /tmp/x && rm /tmp/x")
    # The proxy needs no place to write to.
    assert (code == 0) == (part is not Part.PROXY)


def test_nothing_in_tmp_can_be_run(engine: APIClient, container: str) -> None:
    script = "cp /bin/true /tmp/t 2>/dev/null; /tmp/t"
    code, _ = inside(engine, container, "sh", "-c", script)
    assert code in (126, 127)


def test_memory_processors_and_processes_are_limited(engine: APIClient, container: str) -> None:
    limits = engine.inspect_container(container)["HostConfig"]
    code, said = inside(engine, container, "sh", "-c", _LIMITS)
    assert code == 0, said
    assert said.split() == [str(limits["Memory"]), str(limits["PidsLimit"])]
    assert limits["Memory"] <= 1024**3
    assert 0 < limits["NanoCpus"] <= 2e9


def test_nothing_leads_out(
    engine: APIClient, container: str, part: Part, outside: tuple[str, str]
) -> None:
    command = ["python", "-c", _CONNECT, *outside]
    if part is Part.DATABASE:  # no Python in it
        command = ["timeout", "3", "bash", "-c", f"echo > /dev/tcp/{outside[0]}/{outside[1]}"]
    code, said = inside(engine, container, *command)
    assert (code != 0) if part is Part.DATABASE else ("no way" in said)
    assert "connected" not in said


def test_the_environment_holds_no_secret(engine: APIClient, container: str) -> None:
    environment = engine.inspect_container(container)["Config"]["Env"]
    words = json.dumps([line.partition("=")[0] for line in environment]).lower()
    assert "secret" not in words
    assert "password" not in words.replace("postgres_password_file", "")


@pytest.mark.full
def test_a_service_that_sends_something_has_a_way_out_and_its_database_none(
    engine: APIClient, outside: tuple[str, str], tmp_path: Path
) -> None:
    project = make_project(tmp_path / "sends")
    deployment = deploy(Wish(project, lambda: Facts(egress=True)))
    try:
        command = ("python", "-c", _CONNECT, *outside)
        assert inside(engine, deployment.parts[Part.SERVICE].id, *command)[1] == "connected\n"
        networks = {
            part: len(engine.inspect_container(one.id)["NetworkSettings"]["Networks"])
            for part, one in deployment.parts.items()
        }
        assert networks == {Part.DATABASE: 1, Part.SERVICE: 2, Part.PROXY: 2}
    finally:
        managing.remove(project, data=True)
