"""What can be done with deployments that are there, by whoever: found by folder or by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.runtime.docker import ending
from local_engine.runtime.docker.client import connected, engine_errors
from local_engine.runtime.docker.data.before_migrating import DATA_OWED, is_owed
from local_engine.runtime.docker.deployment import (
    Deployment,
    deployment_of,
    deployments,
    lies_in,
    refuse_copy,
    remains,
)
from local_engine.runtime.docker.detecting import find_engine
from local_engine.runtime.docker.errors import DeploymentError, NotDeployed
from local_engine.runtime.docker.installation import installation_id, known_installation
from local_engine.runtime.docker.place import DeploymentPlace, project_key
from local_engine.runtime.docker.sweeping import sweep
from local_engine.runtime.identity import is_project

if TYPE_CHECKING:
    from docker import APIClient

_WAIT_SECONDS = 30.0


@contextmanager
def engine_client() -> Iterator[APIClient]:
    """A client of the engine of this machine. Raises `DeploymentError`, also in the block."""
    with connected(find_engine()) as client, engine_errors():
        yield client


def list_deployments() -> list[Deployment]:
    """All deployments of this installation; what killed deploys left is taken back first.

    No engine is asked where nothing was ever deployed. Raises `DeploymentError`.
    """
    installation = known_installation()
    if installation is None:
        return []
    sweep()
    with engine_client() as client:
        return deployments(client, installation)


def list_remains() -> list[Deployment]:
    """What was removed and has left its data. Raises `DeploymentError`."""
    installation = known_installation()
    if installation is None:
        return []
    with engine_client() as client:
        return remains(client, installation)


def running_deployments() -> list[Deployment]:
    """Those that run, or partly; none where no engine answers: nothing can run then."""
    try:
        return [one for one in list_deployments() if one.status != "stopped"]
    except DeploymentError:
        return []


def deployed_from(folder: Path) -> Deployment | None:
    """The deployment of the project in a folder; None also where no engine answers.

    No engine is asked where the project was never deployed.
    """
    installation, project = known_installation(), project_key(folder)
    if installation is None or not DeploymentPlace.is_known(project):
        return None
    try:
        with engine_client() as client:
            found = deployment_of(client, installation, project)
    except DeploymentError:
        return None
    return found if found is not None and lies_in(found, folder) else None


def find_deployment(client: APIClient, which: Path | str, *, removed: bool = False) -> Deployment:
    """The deployment of a project's folder, or of this name. Raises `DeploymentError`.

    A folder with a project is never taken for the name of another one. With `removed` also one
    that has left its data only.
    """
    installation, key = installation_id(), project_key(Path(which))
    found = deployments(client, installation)
    if removed:
        found += remains(client, installation)
    for one in found:
        if one.project == key:
            refuse_copy(one, Path(which))
            return one
    named = not is_project(Path(which))
    alike = [one for one in found if named and str(which) in (one.name, one.project)]
    if len(alike) == 1:
        return alike[0]
    names = ", ".join(one.name for one in found) or "none"
    if alike:
        folders = ", ".join(one.folder for one in alike)
        raise DeploymentError(f"Several deployments are called {which}.\nName a folder: {folders}")
    raise NotDeployed(f"{which} is not deployed.\nDeployments: {names}.")


def stop(which: Path | str) -> Deployment:
    """Stop a deployment; its data and its containers stay. Gives what was stopped."""
    with _changing(which) as (client, found):
        ending.stop_deployment(client, found)
        return found


def start(which: Path | str) -> Deployment:
    """Start a deployment that was stopped; gives it."""
    with _changing(which) as (client, found):
        _refuse_owed(found)
        ending.start_deployment(client, found)
        return found


def restart(which: Path | str) -> Deployment:
    """Restart a deployment's service, and start what does not run; gives it."""
    with _changing(which) as (client, found):
        _refuse_owed(found)
        ending.restart_service(client, found)
        return found


def remove(which: Path | str, *, data: bool = False) -> Deployment:
    """Remove a deployment; its database stays in its volume unless `data` may go.

    With `data` also what was removed before and has left its data. Snapshots that lie with the
    project's history stay.
    """
    with _changing(which, removed=data) as (client, found):
        ending.remove_deployment(client, found, data=data)
        if data:
            DeploymentPlace.of(found.project).forget()
        return found


def _refuse_owed(deployment: Deployment) -> None:
    if is_owed(deployment):
        raise DeploymentError(f"Data that is to come back is not back yet.\n{DATA_OWED}")


@contextmanager
def _changing(
    which: Path | str, *, removed: bool = False
) -> Iterator[tuple[APIClient, Deployment]]:
    """A deployment that nobody else changes meanwhile."""
    with engine_client() as client:
        found = find_deployment(client, which, removed=removed)
        with DeploymentPlace.of(found.project).changing(_WAIT_SECONDS):
            yield client, found
