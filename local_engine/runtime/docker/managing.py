"""What can be done with deployments that are there, by whoever: found by folder or by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.runtime.docker import ending
from local_engine.runtime.docker.client import connected, engine_errors
from local_engine.runtime.docker.deployment import Deployment, deployment_of, deployments
from local_engine.runtime.docker.detecting import find_engine
from local_engine.runtime.docker.errors import DeploymentError
from local_engine.runtime.docker.installation import installation_id, known_installation
from local_engine.runtime.docker.place import DeploymentPlace, project_key
from local_engine.runtime.docker.sweeping import sweep

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


def running_deployments() -> list[Deployment]:
    """Those that run, or partly; none where no engine answers: nothing can run then."""
    try:
        return [one for one in list_deployments() if one.status != "stopped"]
    except DeploymentError:
        return []


def find_deployment(client: APIClient, which: Path | str) -> Deployment:
    """The deployment of a project's folder, or of this name. Raises `DeploymentError`."""
    installation = installation_id()
    by_folder = deployment_of(client, installation, project_key(Path(which)))
    if by_folder is not None:
        if not lies_in(by_folder, Path(which)):
            raise DeploymentError(
                f"{which} is not deployed: it is a copy of {by_folder.folder}, which is.\n"
                "Name that folder if you mean it."
            )
        return by_folder
    found = deployments(client, installation)
    alike = [one for one in found if str(which) in (one.name, one.project)]
    if len(alike) == 1:
        return alike[0]
    names = ", ".join(one.name for one in found) or "none"
    if alike:
        folders = ", ".join(one.folder for one in alike)
        raise DeploymentError(f"Several deployments are called {which}.\nName a folder: {folders}")
    raise DeploymentError(f"{which} is not deployed.\nDeployments: {names}.")


def lies_in(deployment: Deployment, folder: Path) -> bool:
    """Whether a deployment is of the project in a folder, and not of one that this is a copy of.

    The id moves with its folder: another folder counts where the first one has it no more.
    """
    if project_key(folder) != deployment.project:
        return False
    first = Path(deployment.folder)
    if folder.resolve() == first:
        return True
    return not first.is_dir() or project_key(first) != deployment.project


def stop(which: Path | str) -> Deployment:
    """Stop a deployment; its data and its containers stay. Gives what was stopped."""
    with _changing(which) as (client, found):
        ending.stop_deployment(client, found)
        return found


def start(which: Path | str) -> Deployment:
    """Start a deployment that was stopped; gives it."""
    with _changing(which) as (client, found):
        ending.start_deployment(client, found)
        return found


def restart(which: Path | str) -> Deployment:
    """Restart a deployment's service, and start what does not run; gives it."""
    with _changing(which) as (client, found):
        ending.restart_service(client, found)
        return found


def remove(which: Path | str, *, data: bool = False) -> Deployment:
    """Remove a deployment; its database stays in its volume unless `data` may go."""
    with _changing(which) as (client, found):
        ending.remove_deployment(client, found, data=data)
        return found


@contextmanager
def _changing(which: Path | str) -> Iterator[tuple[APIClient, Deployment]]:
    """A deployment that nobody else changes meanwhile."""
    with engine_client() as client:
        found = find_deployment(client, which)
        with DeploymentPlace.of(found.project).changing(_WAIT_SECONDS):
            yield client, found
