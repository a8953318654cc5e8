"""A deployment as the engine shows it: which parts there are, how they are, where it answers.

Of one that was removed, its data may be left: then it is shown without any part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from local_engine.runtime.docker.containers import Container, ours
from local_engine.runtime.docker.errors import DeploymentError
from local_engine.runtime.docker.labels import FOLDER, NAME, PROJECT, RUNNING_PARTS, VERSION, Part
from local_engine.runtime.docker.place import ASIDE, project_key
from local_engine.runtime.docker.volumes import volumes

if TYPE_CHECKING:
    from docker import APIClient

Status = Literal["running", "partly", "stopped", "removed"]
"""`running`, `stopped`, `partly` where only some of its parts run, `removed` where data is left."""


@dataclass(frozen=True)
class Deployment:
    """A project in an engine. `parts` are its containers by part, `labels` those of one thing."""

    installation: str
    project: str
    parts: Mapping[str, Container]
    port: int | None
    labels: Mapping[str, str]

    @property
    def name(self) -> str:
        """What the project was called when it was deployed."""
        return self.labels.get(NAME, "")

    @property
    def folder(self) -> str:
        """Where the project lay when it was deployed."""
        return self.labels.get(FOLDER, "")

    @property
    def version(self) -> str:
        """The version of the project that its service is made from; empty if it has no history."""
        service = self.parts.get(Part.SERVICE)
        return service.labels.get(VERSION, "") if service else ""

    @property
    def status(self) -> Status:
        """How it is."""
        if not self.parts:
            return "removed"
        run = [part in self.parts and self.parts[part].runs for part in RUNNING_PARTS]
        lives = any(one.lives for one in self.parts.values())
        return "running" if all(run) else "partly" if lives else "stopped"

    @property
    def is_up(self) -> bool:
        """Whether nobody has stopped its service: one that ends and restarts for ever is up."""
        service = self.parts.get(Part.SERVICE)
        return service is not None and service.lives

    @property
    def url(self) -> str | None:
        """Where it answers, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}" if self.port else None

    @property
    def since(self) -> float:
        """When its service was made, in seconds since 1970; 0 where there is no part."""
        service = self.parts.get(Part.SERVICE) or next(iter(self.parts.values()), None)
        return service.created if service else 0.0


def deployments(client: APIClient, installation: str) -> list[Deployment]:
    """All that this installation has deployed, by name; what a verification needs is not."""
    found = _by_project(client, installation, ours(client, installation))
    own = (one for one in found if not one.project.endswith(ASIDE))
    return sorted(own, key=lambda one: (one.name, one.project))


def deployment_of(client: APIClient, installation: str, project: str) -> Deployment | None:
    """The deployment of one project, if it has one."""
    containers = ours(client, installation, project)
    return next(_by_project(client, installation, containers), None)


def remains(client: APIClient, installation: str) -> list[Deployment]:
    """What was removed and has left its data, by name."""
    there = {one.project for one in deployments(client, installation)}
    found = [
        Deployment(installation, labels[PROJECT], {}, None, labels)
        for volume in volumes(client, installation, part=Part.DATA)
        if not (labels := volume["Labels"])[PROJECT].endswith(ASIDE)
        and labels[PROJECT] not in there
    ]
    return sorted(found, key=lambda one: (one.name, one.project))


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


def refuse_copy(deployment: Deployment, folder: Path) -> None:
    """Raise `DeploymentError` where a folder is a copy of what is deployed from another one."""
    if not lies_in(deployment, folder):
        raise DeploymentError(
            f"{folder} is not deployed: it is a copy of {deployment.folder}, which is.\n"
            "Name that folder if you mean it."
        )


def is_worked_on(client: APIClient, service: str) -> bool:
    """Whether a service runs the code in its project's folder, and not that of its image."""
    mounts = client.inspect_container(service)["Mounts"]
    return any(one["Type"] == "bind" for one in mounts)


def _by_project(
    client: APIClient, installation: str, containers: Iterable[Container]
) -> Iterator[Deployment]:
    def key(one: Container) -> str:
        return one.labels.get(PROJECT, "")

    for project, group in groupby(sorted(containers, key=key), key=key):
        parts = {one.part: one for one in group}
        if any(part in parts for part in RUNNING_PARTS):
            labels = (parts.get(Part.SERVICE) or next(iter(parts.values()))).labels
            yield Deployment(installation, project, parts, _port(client, parts), labels)


def _port(client: APIClient, parts: Mapping[str, Container]) -> int | None:
    """The port that its proxy publishes, or would if it ran."""
    proxy = parts.get(Part.PROXY)
    if proxy is None:
        return None
    if proxy.ports:
        return proxy.ports[0]
    bindings = client.inspect_container(proxy.id)["HostConfig"]["PortBindings"] or {}
    ports = [int(one["HostPort"]) for many in bindings.values() for one in many or ()]
    return ports[0] if ports else None
