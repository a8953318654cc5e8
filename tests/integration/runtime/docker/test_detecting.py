"""Every state in which an engine can be, on real sockets, with its words and the next step."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docker_engine import the_engine
from engine_double import engine_double
from small_disk import small_disk

from local_engine.runtime.docker.detecting import EngineState, Found, find_engine, look
from local_engine.runtime.docker.detecting.surroundings import SETTING, Surroundings
from local_engine.runtime.docker.errors import EngineUnusable

NOBODY = 65534


@pytest.fixture
def root() -> Iterator[Path]:
    """Where absolute paths begin; short, because the address of a socket has 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="e-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def around(root: Path, system: str = "Linux", **environment: str) -> Surroundings:
    return Surroundings(environment, root / "home", system, root)


def put(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def use_context(root: Path, name: str, url: str | None) -> None:
    folder = root / "home" / ".docker"
    put(folder / "config.json", json.dumps({"currentContext": name}))
    if url is not None:
        digest = hashlib.sha256(name.encode()).hexdigest()
        described = {"Name": name, "Endpoints": {"docker": {"Host": url}}}
        put(folder / "contexts" / "meta" / digest / "meta.json", json.dumps(described))


@contextlib.contextmanager
def deserted(path: Path) -> Iterator[None]:
    """A socket that nobody listens at any more."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
    yield


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Have the rights of an account without any, where the tests have all."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def assert_says(found: Found, state: EngineState, text: str, advice: str) -> None:
    assert found.state is state, found
    assert text in found.text
    assert advice in found.advice
    assert found.engine is None


@pytest.mark.docker
def test_the_engine_of_this_machine_is_found() -> None:
    engine = the_engine()
    found = look()
    assert found.state is EngineState.READY
    assert engine.url in found.text
    assert engine.version in found.text


@pytest.mark.parametrize(
    ("system", "advice"),
    [("Linux", "engine/install"), ("Darwin", "OrbStack or Colima"), ("Windows", "Docker Desktop")],
)
def test_nothing_is_installed(root: Path, system: str, advice: str) -> None:
    found = look(around(root, system))
    assert_says(found, EngineState.NOT_INSTALLED, "not installed", advice)


@pytest.mark.parametrize(
    ("program", "system", "product", "advice"),
    [
        ("/usr/bin/docker", "Linux", "Docker", "systemctl start docker"),
        ("/Applications/Docker.app/Contents/Resources/bin/docker", "Darwin", "Docker Desktop", ""),
        ("/opt/homebrew/bin/colima", "Darwin", "Colima", "colima start"),
        ("home/.orbstack/bin/docker", "Darwin", "OrbStack", "orb start"),
        ("home/.rd/bin/docker", "Darwin", "Rancher Desktop", "dockerd"),
        ("/opt/podman/bin/podman", "Darwin", "Podman", "podman machine start"),
    ],
)
def test_an_engine_that_is_not_started_though_no_path_names_it(
    root: Path, program: str, system: str, product: str, advice: str
) -> None:
    put(root / program.lstrip("/"))
    found = look(around(root, system, PATH=""))
    assert_says(found, EngineState.NOT_STARTED, f"{product} is installed", advice)


def test_a_socket_that_nobody_listens_at(root: Path) -> None:
    put(root / "usr/bin/docker")
    with deserted(root / "var/run/docker.sock"):
        found = look(around(root))
    assert_says(found, EngineState.NOT_STARTED, "no engine answers", "systemctl start docker")


def test_a_socket_that_may_not_be_opened(root: Path) -> None:
    path = root / "var/run/docker.sock"
    path.parent.mkdir(parents=True)
    with engine_double(path):
        path.chmod(0o000)
        with as_nobody():
            found = look(around(root))
    assert_says(found, EngineState.NO_PERMISSION, "may not be opened", "usermod -aG docker")


def test_an_engine_that_is_too_old(root: Path) -> None:
    path = root / "var/run/docker.sock"
    path.parent.mkdir(parents=True)
    with engine_double(path, Version="18.09.1", ApiVersion="1.39", MinAPIVersion="1.12"):
        found = look(around(root))
    assert_says(found, EngineState.TOO_OLD, "18.09.1", "20.10 or newer")


@pytest.mark.parametrize(
    ("description", "text", "advice"),
    [
        ({"Arch": "riscv64"}, "riscv64", "amd64 and arm64"),
        ({"Os": "windows"}, "windows containers", "Linux containers"),
    ],
)
def test_an_engine_of_another_kind(
    root: Path, description: dict[str, Any], text: str, advice: str
) -> None:
    path = root / "var/run/docker.sock"
    path.parent.mkdir(parents=True)
    with engine_double(path, **description):
        found = look(around(root))
    assert_says(found, EngineState.WRONG_PLATFORM, text, advice)


@pytest.mark.parametrize(
    ("version", "leaks"),
    [
        ("20.10.24+dfsg1", True),
        ("23.0.10", True),
        ("23.0.11", False),
        ("24.0.9", True),
        ("25.0.3", True),
        ("25.0.4", False),
        ("26.0.0", False),
        ("dev", False),
    ],
)
def test_an_engine_that_asks_outside_for_names(root: Path, version: str, leaks: bool) -> None:
    path = root / "var/run/docker.sock"
    path.parent.mkdir(parents=True)
    with engine_double(path, Version=version, Platform={"Name": "Docker Engine"}):
        found = look(around(root))
    assert found.state is EngineState.READY
    assert ("CVE-2024-29018" in found.advice) is leaks


def test_an_engine_whose_disk_is_full(root: Path) -> None:
    path = root / "var/run/docker.sock"
    path.parent.mkdir(parents=True)
    with small_disk(root / "data") as disk, engine_double(path, disk.folder):
        found = look(around(root))
    assert_says(found, EngineState.DISK_FULL, "16 MiB left", "docker system df")


def test_a_program_that_is_no_engine(root: Path) -> None:
    path = root / "var/run/docker.sock"
    path.parent.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen()
        found = look(around(root), timeout_seconds=1)
    assert_says(found, EngineState.NO_ANSWER, "does not answer", SETTING)


@pytest.mark.parametrize("described", [True, False])
def test_a_stale_context(root: Path, described: bool) -> None:
    use_context(root, "gone", f"unix://{root}/gone.sock" if described else None)
    found = look(around(root))
    assert_says(found, EngineState.STALE_CONTEXT, "'gone'", "docker context use default")


def test_another_engine_serves_where_the_context_is_stale(root: Path) -> None:
    use_context(root, "gone", f"unix://{root}/gone.sock")
    path = root / "home/.colima/default/docker.sock"
    path.parent.mkdir(parents=True)
    with engine_double(path) as url:
        found = look(around(root))
    assert found.state is EngineState.READY
    assert found.engine is not None
    assert found.engine.url == url
    assert "Colima" in found.text
    assert "'gone' does not answer" in found.advice


def test_the_context_goes_before_the_usual_sockets(root: Path) -> None:
    usual = root / "var/run/docker.sock"
    usual.parent.mkdir(parents=True)
    with engine_double(usual), engine_double(root / "mine.sock") as mine:
        use_context(root, "mine", mine)
        assert find_engine(around(root)).url == mine
        assert find_engine(around(root, DOCKER_CONTEXT="default")).url == f"unix://{usual}"


@pytest.mark.parametrize("variable", [SETTING, "DOCKER_HOST"])
def test_an_engine_that_was_chosen_is_the_only_one(root: Path, variable: str) -> None:
    usual = root / "var/run/docker.sock"
    usual.parent.mkdir(parents=True)
    with engine_double(usual), engine_double(root / "mine.sock") as mine:
        assert find_engine(around(root, **{variable: mine})).url == mine
        gone = f"unix://{root}/gone.sock"
        found = look(around(root, **{variable: gone}))
    assert_says(found, EngineState.NOT_STARTED, gone, f"unset {variable}")


@pytest.mark.parametrize("url", ["tcp://203.0.113.7:2375", "ssh://ann@build.example"])
def test_an_engine_elsewhere_is_not_used(root: Path, url: str) -> None:
    found = look(around(root, DOCKER_HOST=url))
    assert_says(found, EngineState.REMOTE, "another machine", "docker context use default")
    with pytest.raises(EngineUnusable, match="another machine"):
        find_engine(around(root, DOCKER_HOST=url))


@pytest.mark.parametrize(
    "socket_path",
    [
        "home/.docker/run/docker.sock",
        "home/.orbstack/run/docker.sock",
        "home/.colima/default/docker.sock",
        "home/.rd/docker.sock",
        "run/user/1000/docker.sock",
        "run/user/1000/podman/podman.sock",
        "mnt/wsl/docker-desktop/shared-sockets/guest-services/docker.sock",
    ],
)
def test_every_usual_socket_is_looked_at(root: Path, socket_path: str) -> None:
    path = root / socket_path
    path.parent.mkdir(parents=True)
    with engine_double(path) as url:
        engine = find_engine(around(root, XDG_RUNTIME_DIR=str(root / "run/user/1000")))
    assert engine.url == url
    assert engine.api == "1.48"
