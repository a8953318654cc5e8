"""The database of a project's deployment, for whoever keeps the project's versions."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg

from local_engine.runtime.docker import specs
from local_engine.runtime.docker.containers import remove, stop
from local_engine.runtime.docker.data.before_migrating import DATA_OWED, deployed_files
from local_engine.runtime.docker.data.door import open_door
from local_engine.runtime.docker.deployment import (
    Deployment,
    deployment_of,
    is_worked_on,
    lies_in,
    refuse_copy,
)
from local_engine.runtime.docker.errors import DeploymentError
from local_engine.runtime.docker.installation import installation_id
from local_engine.runtime.docker.labels import Owner, Part
from local_engine.runtime.docker.managing import engine_client, find_deployment
from local_engine.runtime.docker.networks import edge_network, inside_network
from local_engine.runtime.docker.place import DeploymentPlace, Journal, name_of, project_key
from local_engine.runtime.docker.readiness import wait_for_database
from local_engine.runtime.docker.sweeping import undo
from local_engine.runtime.docker.volumes import volumes
from local_engine.runtime.events import LogLine, OnEvent, ignore, stage
from local_engine.runtime.postgres import PostgresError
from local_engine.runtime.snapshots import NotStartedError, SnapshotError
from local_engine.runtime.snapshots.held import HeldDatabase

if TYPE_CHECKING:
    from docker import APIClient

_WAIT_SECONDS = 60.0
_SERVICE_SECONDS = 15
_DATABASE_SECONDS = 20


class DeploymentData:
    """Fulfils the project store's `Snapshots`. All failures come as `SnapshotError`.

    `deploy` is called with the project's folder, and whether its code is being worked on there, to
    let it run again with the code that is in the folder by then; it raises `DeploymentError`.
    `shows` tells whether the folder shows the code of a version.
    """

    where: Final = "docker"

    def __init__(
        self,
        deploy: Callable[[Path, bool], object],
        shows: Callable[[Path, str], bool],
        on_event: OnEvent = ignore,
    ) -> None:
        self._deploy = deploy
        self._shows = shows
        self._on_event = on_event

    def has_database(self, project: Path) -> bool:
        """Whether the engine has data of the project; no engine is asked if it never was there."""
        key = project_key(project)
        if not DeploymentPlace.is_known(key):
            return False
        with _snapshot_errors(), engine_client() as client:
            return bool(volumes(client, installation_id(), key, Part.DATA))

    @contextlib.contextmanager
    def open(self, project: Path) -> Iterator[HeldDatabase]:
        """Hold the database; the service goes on running."""
        with _snapshot_errors(), engine_client() as client:
            found = _deployment(client, project)
            with _held(client, found, project) as held:
                yield held

    @contextlib.contextmanager
    def at_rest(self, project: Path) -> Iterator[HeldDatabase]:
        """Hold the database while nothing runs on it; what ran is deployed again afterwards.

        Where the block fails, the service that ran is started again as it was; but not on data that
        is to become another: where the block has left a restoring to be carried out, it rests.
        Raises `NotStartedError` where only the deploy fails.
        """
        with _snapshot_errors(), engine_client() as client:
            found = _deployment(client, project)
            service = found.parts.get(Part.SERVICE)
            worked_on = service is not None and is_worked_on(client, service.id)
            with _held(client, found, project) as held:
                if service is not None and found.is_up:
                    with stage(self._on_event, "pause", "Pause the service"):
                        stop(client, service.id, _SERVICE_SECONDS)
                try:
                    yield held
                except BaseException as failure:
                    if held.files.owed is None and service is not None and found.is_up:
                        client.start(service.id)
                    elif held.files.owed is not None and isinstance(failure, Exception):
                        raise _left_owed(failure) from failure
                    raise
                self._remove_stale(client, found, project)
        if found.is_up:
            self._resume(project, worked_on)

    def follow(self, project: Path) -> None:
        """Deploy the code that is in the folder, where other code runs.

        A stopped one stays so, without its service. Raises `NotStartedError`.
        """
        if not DeploymentPlace.is_known(project_key(project)):
            return
        with _snapshot_errors(), engine_client() as client:
            found = deployment_of(client, installation_id(), project_key(project))
            service = found.parts.get(Part.SERVICE) if found is not None else None
            if found is None or service is None or not lies_in(found, project):
                return
            if self._shows(project, found.version):
                return
            if not found.is_up:
                with DeploymentPlace.of(found.project).changing(_WAIT_SECONDS):
                    self._remove_stale(client, found, project)
                return
            worked_on = is_worked_on(client, service.id)
        self._resume(project, worked_on)

    def _remove_stale(self, client: APIClient, found: Deployment, project: Path) -> None:
        """A service at rest that is of other code than the folder's is not to start again."""
        service = found.parts.get(Part.SERVICE)
        if service is not None and not self._shows(project, found.version):
            remove(client, service.id)
            if not found.is_up:
                self._on_event(LogLine("The deployment is stopped: `run --docker` deploys this."))

    def _resume(self, project: Path, worked_on: bool) -> None:
        """Let it run again. Raises `NotStartedError`: what was to be done first is done."""
        try:
            self._deploy(project, worked_on)
        except DeploymentError as failure:
            raise NotStartedError(
                f"It came back, but the deployment did not start again: {failure.what}\n"
                f"{failure.advice}\n`run --docker` deploys it."
            ) from failure


def _deployment(client: APIClient, project: Path) -> Deployment:
    found = find_deployment(client, project)
    refuse_copy(found, project)
    if Part.DATABASE not in found.parts or Part.PROXY not in found.parts:
        raise DeploymentError("Of this deployment the database or the proxy is missing. Deploy it.")
    return found


@contextlib.contextmanager
def _held(client: APIClient, found: Deployment, project: Path) -> Iterator[HeldDatabase]:
    place = DeploymentPlace.of(found.project)
    owner = Owner(
        found.installation,
        found.project,
        found.name,
        found.folder,
        found.version,
        secrets.token_hex(8),
    )
    database, proxy = found.parts[Part.DATABASE], found.parts[Part.PROXY]
    with place.changing(_WAIT_SECONDS):
        if place.journal is not None:
            undo(client, place, owner.installation, killed=True)
        place.journal = Journal(owner.deploy, found.is_up)
        try:
            prefix = place.prefix(name_of(project))
            around = specs.Surrounding(
                inside=inside_network(client, owner, f"{prefix}-inside"),
                edge=edge_network(client, owner),
            )
            with (
                _running(client, database.id, already=database.runs),
                open_door(client, owner, place, around, proxy.image, database.id) as server,
            ):
                held = HeldDatabase(server, specs.DATABASE, deployed_files(project, place))
                held.recover()
                yield held
        finally:
            place.journal = None


@contextlib.contextmanager
def _running(client: APIClient, database: str, *, already: bool) -> Iterator[None]:
    """The database runs while the block does, and afterwards if it did before."""
    if already:
        yield
        return
    client.start(database)
    try:
        wait_for_database(client, database, lambda: None)
        yield
    finally:
        stop(client, database, _DATABASE_SECONDS)


def _left_owed(failure: Exception) -> SnapshotError:
    """The failure of a restoring that was decided and not carried out, in words."""
    return SnapshotError(f"The data could not be brought back: {str(failure).strip()}\n{DATA_OWED}")


@contextlib.contextmanager
def _snapshot_errors() -> Iterator[None]:
    try:
        yield
    except (DeploymentError, PostgresError, psycopg.Error) as error:
        raise SnapshotError(str(error).strip()) from error
