"""More containers like the service: its replicas, and commands of its image, for a moment each."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local_engine.runtime.docker.containers import last_lines, remove
from local_engine.runtime.docker.errors import DeploymentError, quoted
from local_engine.runtime.docker.executing import execute
from local_engine.runtime.docker.labels import PART
from local_engine.runtime.docker.readiness import wait_for_end

if TYPE_CHECKING:
    from docker import APIClient

SIBLING = "sibling"
"""What the label says that such a container is for."""

_READY_SECONDS = 120.0
_PAUSE_SECONDS = 0.1
_LINES = 40


@dataclass(frozen=True)
class Ended:
    """What came of a command that ran in a container of its own."""

    exit_code: int
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return f"exit code {self.exit_code}: {' / '.join(self.lines[-5:]) or 'it wrote nothing'}"


class Siblings:
    """Makes containers that are to the last setting what the service is, but for what is said.

    `service` gives the id of the service's container as it is now.
    """

    def __init__(self, client: APIClient, service: Callable[[], str]) -> None:
        self._client = client
        self._service = service

    @contextlib.contextmanager
    def one(
        self,
        command: Sequence[str] | None = None,
        *,
        offline: bool = False,
        as_the_image_says: bool = False,
    ) -> Iterator[str]:
        """A container that is started and removed at the end; gives its id.

        Other than the service it answers to no name. `offline` gives it no network, and
        `as_the_image_says` the image's own user in place of the deployment's.
        """
        identity = self._create(command, offline, as_the_image_says)
        try:
            self._client.start(identity)
            yield identity
        finally:
            remove(self._client, identity)

    @contextlib.contextmanager
    def replica(self) -> Iterator[str]:
        """A second service behind the same name, ready for requests."""
        with self.one() as identity:
            self.wait_until_ready(identity)
            for network, aliases in self._networks().items():
                self._client.disconnect_container_from_network(identity, network)
                self._client.connect_container_to_network(identity, network, aliases=aliases)
            self.wait_until_ready(identity)
            yield identity

    def run(self, command: Sequence[str], *, as_the_image_says: bool = False) -> Ended:
        """Run a command to its end, in a container of its own."""
        with self.one(command, as_the_image_says=as_the_image_says) as identity:
            return self.ended(identity)

    def ended(self, identity: str) -> Ended:
        """Wait for the end of a container's command."""
        code = wait_for_end(self._client, identity, lambda: None)
        return Ended(code, tuple(last_lines(self._client, identity, _LINES)))

    def wait_until_ready(self, identity: str) -> None:
        """Wait until the service in a container says that it is ready. Raises `DeploymentError`."""
        deadline = time.monotonic() + _READY_SECONDS
        while self.status(identity, "/ready") != "200":
            if time.monotonic() > deadline:
                said = quoted(last_lines(self._client, identity))
                raise DeploymentError(f"A second service did not become ready.\n{said}")
            time.sleep(_PAUSE_SECONDS)

    def status(self, identity: str, path: str) -> str:
        """The status with which the service in a container answers there; empty if it does not."""
        from docker.errors import APIError

        try:
            return execute(self._client, identity, ["python", "-c", _ASK, path]).output.strip()
        except APIError:  # it has ended
            return ""

    def runs(self, identity: str) -> bool:
        """Whether a container's process runs."""
        return bool(self._client.inspect_container(identity)["State"]["Running"])

    def last_line(self, identity: str) -> str:
        """What a container has written last."""
        return " ".join(last_lines(self._client, identity, 1)).strip()

    def _create(self, command: Sequence[str] | None, offline: bool, as_the_image_says: bool) -> str:
        found = self._client.inspect_container(self._service())
        config: dict[str, Any] = found["Config"]
        host: dict[str, Any] = found["HostConfig"]
        first, *others = ["none"] if offline else self._networks()
        config["Labels"] = {**config["Labels"], PART: SIBLING}
        config["Hostname"] = SIBLING  # the engine finds a container by that, too
        config["HostConfig"] = {
            **host, "RestartPolicy": {"Name": "no"}, "NetworkMode": first,
        }  # fmt: skip
        config["NetworkingConfig"] = {"EndpointsConfig": {first: {}}}
        if command is not None:
            config["Cmd"] = list(command)
        if as_the_image_says:
            config["User"] = ""
        made = self._client.create_container_from_config(config)  # type: ignore[no-untyped-call]
        identity = str(made["Id"])
        for network in others:
            self._client.connect_container_to_network(identity, network)
        return identity

    def _networks(self) -> dict[str, list[str]]:
        """The service's networks with its names there, the one that it was made in first."""
        found = self._client.inspect_container(self._service())
        first = found["HostConfig"]["NetworkMode"]
        own = found["Id"][:12]
        named = {
            network: [alias for alias in joined["Aliases"] or () if alias != own]
            for network, joined in found["NetworkSettings"]["Networks"].items()
        }
        return dict(sorted(named.items(), key=lambda item: item[0] != first))


_ASK = """
import sys, urllib.error, urllib.request
try:
    print(urllib.request.urlopen("http://127.0.0.1:8000" + sys.argv[1], timeout=5).status)
except urllib.error.HTTPError as answer:
    print(answer.code)
except OSError:
    pass
"""
