"""The Docker engine of this machine for tests, and what is left in it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local_engine.runtime.docker.client import connected
from local_engine.runtime.docker.containers import ours
from local_engine.runtime.docker.deployment import Deployment, deployments
from local_engine.runtime.docker.detecting import Engine, look
from local_engine.runtime.docker.ending import remove_deployment
from local_engine.runtime.docker.installation import known_installation
from local_engine.runtime.docker.labels import Part, chosen

if TYPE_CHECKING:
    from docker import APIClient


MAIL_PASSWORD = "p4ss-of-the-mail-server"
OWN_SETTINGS = f"""# Settings of the project's own.
SMTP_URL=smtp://shop:{MAIL_PASSWORD}@127.0.0.1:2525
CORS_ALLOW_ORIGINS="https://shop.example"
SECRET_KEY=of-the-preview-and-not-of-the-deployment
MAIL_FROM=
"""


@dataclass(frozen=True)
class Deployed:
    """A project's folder, and its deployment as it was right after it was made."""

    project: Path
    deployment: Deployment

    @property
    def url(self) -> str:
        """Where it answers."""
        assert self.deployment.url is not None
        return self.deployment.url

    def container(self, part: Part) -> str:
        """The id of a part's container."""
        return self.deployment.parts[part].id


def the_engine() -> Engine:
    """The engine; the test is skipped where none can be had."""
    found = look()
    if found.engine is None:
        pytest.skip(f"no Docker engine: {found.text}")
    return found.engine


@contextmanager
def engine_for_tests() -> Iterator[APIClient]:
    """A client; afterwards nothing that this process has deployed may be left."""
    with connected(the_engine()) as client:
        yield client
        left = leftovers(client)
        _clear(client)
        assert not left, f"left in the Docker engine: {left}"


def leftovers(client: APIClient) -> list[str]:
    """What the engine holds of ours, in words."""
    installation = known_installation()
    if installation is None:
        return []
    wanted = chosen(installation)
    rows: list[tuple[str, Any]] = [
        ("container", [one.name for one in ours(client, installation)]),
        ("network", [row["Name"] for row in client.networks(filters=wanted)]),
        ("volume", [row["Name"] for row in client.volumes(filters=wanted)["Volumes"] or []]),
        ("image", [row["Id"] for row in client.images(filters=wanted, all=True)]),
    ]
    return [f"{kind} {name}" for kind, names in rows for name in names]


def _clear(client: APIClient) -> None:
    installation = known_installation()
    if installation is not None:
        for one in deployments(client, installation):
            remove_deployment(client, one, data=True)


def inside(client: APIClient, container: str, *command: str, user: str = "") -> tuple[int, str]:
    """Run a command in a container: its exit code and what it wrote."""
    execution = client.exec_create(container, list(command), user=user)["Id"]
    said: bytes = client.exec_start(execution)
    return int(client.exec_inspect(execution)["ExitCode"]), said.decode(errors="replace")


def docker(*arguments: str) -> str:
    """What the command-line client prints; tests use it to see the engine with other eyes."""
    done = subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True)
    return done.stdout + done.stderr
