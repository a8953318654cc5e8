"""The way to a deployment's database from this machine, open only as long as it is needed."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from local_engine.runtime.docker import specs
from local_engine.runtime.docker.client import PortTaken, engine_errors
from local_engine.runtime.docker.containers import create, remove
from local_engine.runtime.docker.data.server import ContainerServer
from local_engine.runtime.docker.errors import DeploymentError
from local_engine.runtime.docker.labels import Owner, Part
from local_engine.runtime.docker.place import DeploymentPlace, name_of
from local_engine.runtime.ports import free_port

if TYPE_CHECKING:
    from docker import APIClient

_ATTEMPTS = 3
_SECONDS = 15.0
_PAUSE_SECONDS = 0.05


@contextlib.contextmanager
def open_door(
    client: APIClient,
    owner: Owner,
    place: DeploymentPlace,
    around: specs.Surrounding,
    image: str,
    database: str,
) -> Iterator[ContainerServer]:
    """A server as the database in the container `database` is one, while the block runs.

    `image` is that of the proxy part. The door bears the labels of `owner`, whose deploy is in the
    journal of the place: so it is removed, too, when this process is killed.
    """
    identity, port = _started(client, owner, place, around, image)
    try:
        server = ContainerServer(client, database, port, place.superuser_password, place.path)
        _wait(server)
        yield server
    finally:
        remove(client, identity)


def _started(
    client: APIClient,
    owner: Owner,
    place: DeploymentPlace,
    around: specs.Surrounding,
    image: str,
) -> tuple[str, int]:
    cpus = int(client.info()["NCPU"])
    name = f"{place.prefix(name_of(Path(owner.folder)))}-{Part.DOOR.value}"
    for _ in range(_ATTEMPTS):
        port = free_port()
        identity = create(client, specs.door(around, image, port), owner, name, cpus)
        try:
            with engine_errors():
                client.start(identity)
            return identity, port
        except PortTaken:  # somebody was faster
            remove(client, identity)
    raise DeploymentError(f"No free port was found in {_ATTEMPTS} attempts. Try again.")


def _wait(server: ContainerServer) -> None:
    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            server.connect("postgres").close()
            return
        except psycopg.OperationalError as failure:
            if time.monotonic() > deadline:
                raise DeploymentError(
                    f"The database takes no connection.\n{str(failure).strip()}"
                ) from failure
            time.sleep(_PAUSE_SECONDS)
