"""Publishes a deployment: its proxy, on the port that is wished for, or on a free one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from local_engine.runtime.docker import specs
from local_engine.runtime.docker.client import PortTaken, engine_errors
from local_engine.runtime.docker.errors import DeploymentError
from local_engine.runtime.docker.labels import Part
from local_engine.runtime.docker.place import DeploymentPlace
from local_engine.runtime.docker.replacing import Replacement
from local_engine.runtime.ports import free_port, is_free

if TYPE_CHECKING:
    from docker import APIClient

_ATTEMPTS = 3


class Publishing:
    """The port of one deployment. What a person has to know is said to `log`."""

    def __init__(
        self,
        client: APIClient,
        place: DeploymentPlace,
        parts: Replacement,
        log: Callable[[str], None],
    ) -> None:
        self._client = client
        self._place = place
        self._parts = parts
        self._log = log

    def publish(self, around: specs.Surrounding, image: str, port: int | None) -> int:
        """Start the proxy, on this port if there is one; gives the port.

        Without one it is that of last time, or a free one. Raises `DeploymentError`.
        """
        wished = port or self._place.last_port
        if wished is not None:
            present = self._parts.present(specs.proxy(around, image, wished))
            if present is not None and (present.runs or is_free(wished)):
                self._client.start(present.id)
                return wished
        for _ in range(_ATTEMPTS):
            chosen = self._choose(wished, insists=port is not None)
            identity = self._parts.create(specs.proxy(around, image, chosen))
            try:
                with engine_errors():
                    self._client.start(identity)
                return chosen
            except PortTaken as failure:  # somebody was faster
                if port is not None:
                    raise _taken(port) from failure
                wished = None
        raise DeploymentError(f"No free port was found in {_ATTEMPTS} attempts. Try again.")

    def _choose(self, wished: int | None, *, insists: bool) -> int:
        if wished is None:
            return free_port()
        # One that its own proxy holds is free: that makes way for the new one.
        if is_free(wished) or self._parts.publishes(Part.PROXY, wished):
            return wished
        if insists:
            raise _taken(wished)
        self._log(f"Port {wished}, which it had before, is in use now; it gets another one.")
        return free_port()


def _taken(port: int) -> DeploymentError:
    return DeploymentError(
        f"Port {port} is in use by another program.\n"
        "Choose another port, or none: a free one is then found."
    )
