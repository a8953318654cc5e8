"""Stops, starts and removes deployments; data goes only where that is asked for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from local_engine.runtime.docker.containers import Container, ours, remove, start, stop
from local_engine.runtime.docker.deployment import Deployment
from local_engine.runtime.docker.errors import DeploymentError
from local_engine.runtime.docker.labels import IMAGES, RUNNING_PARTS, Part, chosen
from local_engine.runtime.docker.networks import remove_network, remove_shared_networks
from local_engine.runtime.docker.readiness import wait_for_database, wait_for_service
from local_engine.runtime.docker.volumes import volumes

if TYPE_CHECKING:
    from docker import APIClient

_NAMELESS = "<none>:<none>"
_SECONDS = {Part.PROXY: 2, Part.SERVICE: 15, Part.DATABASE: 20}


def stop_deployment(client: APIClient, deployment: Deployment) -> None:
    """Stop the service, then its database; they are there still, and so is their data."""
    front = [deployment.parts.get(Part.SERVICE), deployment.parts.get(Part.PROXY)]
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda one: _stop(client, one), front))
    _stop(client, deployment.parts.get(Part.DATABASE))


def start_deployment(client: APIClient, deployment: Deployment) -> None:
    """Start its parts and wait until the service answers. Raises `DeploymentError`."""
    missing = [part for part in RUNNING_PARTS if part not in deployment.parts]
    if missing:
        raise DeploymentError(
            f"Of this deployment the {' and the '.join(missing)} is missing.\nDeploy it again."
        )
    for part in RUNNING_PARTS:
        start(client, deployment.parts[part])
        if part is Part.DATABASE:
            wait_for_database(client, deployment.parts[part].id, _nothing)
    assert deployment.port is not None
    wait_for_service(client, deployment.parts[Part.SERVICE].id, deployment.port, _nothing)


def restart_service(client: APIClient, deployment: Deployment) -> None:
    """Stop the service in good order and start it again. Raises `DeploymentError`."""
    service = deployment.parts.get(Part.SERVICE)
    if service is not None:
        stop(client, service.id, _SECONDS[Part.SERVICE])
    start_deployment(client, deployment)


def _nothing() -> None:
    """Nobody calls it off."""


def remove_deployment(client: APIClient, deployment: Deployment, *, data: bool = False) -> None:
    """Remove its containers, network and images; the database's volume too, if `data` may go."""
    stop_deployment(client, deployment)
    remove_all_of(client, deployment.installation, deployment.project, data=data)


def remove_all_of(client: APIClient, installation: str, project: str, *, data: bool) -> None:
    """Remove what bears a project's label, whatever of it there is, without stopping it first."""
    for one in ours(client, installation, project):
        remove(client, one.id)
    remove_network(client, installation, project)
    secret = (Part.SECRETS, Part.SETTINGS)
    for part in (*secret, Part.DATA) if data else secret:
        for found in volumes(client, installation, project, part):
            client.remove_volume(found["Name"])
    remove_images(client, installation, project)
    remove_shared_networks(client, installation)


def remove_images(client: APIClient, installation: str, project: str) -> None:
    """Remove a project's images that nobody uses or has named, and the steps that led to them."""
    for image in client.images(filters=chosen(installation, project)):
        names = [name for name in image["RepoTags"] or () if name != _NAMELESS]
        own = [name for name in names if name.startswith(IMAGES)]
        for name in own if names else [image["Id"]]:
            _remove_image(client, name)


def _stop(client: APIClient, one: Container | None) -> None:
    if one is not None and one.lives:
        stop(client, one.id, _SECONDS[Part(one.part)])


def _remove_image(client: APIClient, name: str) -> None:
    from docker.errors import APIError

    try:
        client.remove_image(name, force=False)
    except APIError as failure:
        if failure.status_code not in (404, 409):  # 409: somebody uses it
            raise
