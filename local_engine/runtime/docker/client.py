"""The connection to an engine, and its failures in words."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from local_engine.runtime.docker.detecting import Engine
from local_engine.runtime.docker.errors import DeploymentError

if TYPE_CHECKING:
    from docker import APIClient

_TIMEOUT_SECONDS = 60
_PORT_TAKEN = re.compile(
    r"port is already allocated|address already in use|bind for .* failed", re.I
)
_NO_ROOM = re.compile(r"no space left on device|disk quota exceeded", re.I)
_NO_POOL = re.compile(r"could not find an available|address pools have been fully subnetted", re.I)
_NO_NETWORK = re.compile(r"\bnetwork \S+ not found", re.I)
_NO_HOST = re.compile(r"no such host|temporary failure in name resolution|i/o timeout", re.I)
_FRACTION = re.compile(r"\.(\d{1,6})\d*")
_NO_FORMAT = re.compile(r"exec format error|no matching manifest", re.I)


class PortTaken(DeploymentError):
    """Another program listens on the port."""


class EngineGone(DeploymentError):
    """The engine does not answer any more."""


@contextlib.contextmanager
def connected(engine: Engine) -> Iterator[APIClient]:
    """A client of the engine while the block runs."""
    import docker

    class Client(docker.APIClient):
        def _set_auth_headers(self, headers: dict[str, str]) -> None:
            """A build sends no passwords along: what it begins with was fetched before.

            To collect them it would start programs that a window's PATH does not have.
            """

    with engine_errors():
        client = Client(
            base_url=engine.url, version=engine.api, timeout=_TIMEOUT_SECONDS, num_pools=16
        )
    with contextlib.closing(client):
        yield client


@contextlib.contextmanager
def engine_errors() -> Iterator[None]:
    """What the engine refuses, or that it is gone, as `DeploymentError`."""
    import requests
    import urllib3
    from docker.errors import APIError, DockerException

    try:
        yield
    except APIError as failure:
        raise _refusal(str(failure.explanation or failure)) from failure
    except (requests.RequestException, urllib3.exceptions.HTTPError, DockerException) as failure:
        raise EngineGone(
            "The Docker engine does not answer any more.\n"
            f"Start it again, then repeat this. ({type(failure).__name__})"
        ) from failure


def refused(text: str) -> DeploymentError:
    """A refusal that came inside of an answer, such as a build's."""
    return _refusal(text)


def _refusal(text: str) -> DeploymentError:
    if _PORT_TAKEN.search(text):
        return PortTaken(f"The port is in use by another program.\n{text}")
    if _NO_ROOM.search(text):
        return DeploymentError(
            "The Docker engine's disk is full.\n"
            "Make room (docker system df shows what takes it), then repeat this."
        )
    if _NO_POOL.search(text):
        return DeploymentError(
            "The Docker engine has no addresses left for another network.\n"
            "Remove networks that are not needed: docker network ls, docker network rm NAME.\n"
            "(docker network prune takes those of stopped deployments: deploy them again then.)"
        )
    if _NO_NETWORK.search(text):
        return DeploymentError(
            "A network of this deployment was removed.\n"
            f"Deploy it again: that makes one, and keeps the data. ({text})"
        )
    if _NO_HOST.search(text):
        return DeploymentError(
            "An image has to be fetched, and no registry can be reached.\n"
            f"Connect to the network once; afterwards none is needed. ({text})"
        )
    if _NO_FORMAT.search(text):
        return DeploymentError(
            "An image is for another kind of processor than the engine's.\n"
            f"Remove it, so that the right one is fetched: {text}"
        )
    return DeploymentError(f"The Docker engine refuses: {text}")


def engine_time(client: APIClient) -> datetime:
    """What the engine's clock shows: that of a virtual machine may go wrong.

    Logs are stamped with it.
    """
    shown = str(client.info()["SystemTime"])
    return datetime.fromisoformat(_FRACTION.sub(r".\1", shown).replace("Z", "+00:00"))


def image_id(client: APIClient, name: str) -> str | None:
    """The id of an image in the engine; None where there is none of this name."""
    from docker.errors import NotFound

    try:
        found = client.inspect_image(name)  # type: ignore[no-untyped-call]
    except NotFound:
        return None
    return str(found["Id"])
