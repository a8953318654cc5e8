"""Puts a part's container in place, and takes that back.

What a deploy replaces is kept under another name until all of it stands: it is one rename away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_engine.runtime.docker.containers import (
    Container,
    ContainerSpec,
    create,
    ours,
    remove,
    stop,
)
from local_engine.runtime.docker.labels import CONFIG, DEPLOY, RUNNING_PARTS, Owner, Part
from local_engine.runtime.docker.volumes import remove_unused_settings

if TYPE_CHECKING:
    from docker import APIClient

_ASIDE = "-before"


class Replacement:
    """The containers of one deploy. `prefix` begins the names of all, `owner` labels new ones."""

    def __init__(self, client: APIClient, owner: Owner, prefix: str) -> None:
        self._client = client
        self.owner = owner
        self._prefix = prefix
        self._cpus: int = client.info()["NCPU"]

    def present(self, spec: ContainerSpec) -> Container | None:
        """The container that is there already, where it is what it is to be, and can start."""
        for one in self._of(spec.part):
            alike = one.labels.get(CONFIG) == spec.digest and not one.name.endswith(_ASIDE)
            if alike and (one.lives or self._has_networks(one)):
                return one
        return None

    def _has_networks(self, one: Container) -> bool:
        """A container at rest does not keep its networks from being removed."""
        there = {row["Id"] for row in self._client.networks()}
        return there.issuperset(one.networks)

    def create(self, spec: ContainerSpec) -> str:
        """Make a container in place of what is there, not started yet; gives its id."""
        for one in self._of(spec.part):
            self._put_aside(one, spec.stop_seconds)
        name = f"{self._prefix}-{spec.part.value}"
        return create(self._client, spec, self.owner, name, self._cpus)

    def make_room(self, part: Part, stop_seconds: int) -> None:
        """Stop what runs as this part; it is not removed."""
        for one in self._of(part):
            if one.lives:
                stop(self._client, one.id, stop_seconds)

    def publishes(self, part: Part, port: int) -> bool:
        """Whether what runs as this part holds the port."""
        return any(one.runs and port in one.ports for one in self._of(part))

    def commit(self) -> None:
        """Remove what was replaced."""
        remove_replaced(self._client, self.owner.installation, self.owner.project)
        remove_unused_settings(self._client, self.owner.installation, self.owner.project)

    def _of(self, part: Part) -> list[Container]:
        return ours(self._client, self.owner.installation, self.owner.project, part)

    def _put_aside(self, one: Container, stop_seconds: int) -> None:
        if one.labels.get(DEPLOY) == self.owner.deploy or one.part == Part.MIGRATE:
            remove(self._client, one.id)  # an earlier attempt of the same deploy, or a leftover
            return
        if one.lives:
            stop(self._client, one.id, stop_seconds)
        if not one.name.endswith(_ASIDE):
            self._client.rename(one.id, one.name + _ASIDE)


def remove_replaced(client: APIClient, installation: str, project: str) -> None:
    """Remove what a deploy has put aside, and what migrated its database."""
    for one in ours(client, installation, project):
        if one.name.endswith(_ASIDE) or one.part == Part.MIGRATE:
            remove(client, one.id)


def take_back(client: APIClient, installation: str, project: str, deploy: str, ran: bool) -> None:
    """Remove the containers that a deploy made; what it replaced runs again, if it `ran` before."""
    for one in ours(client, installation, project):
        if one.labels.get(DEPLOY) == deploy or one.part == Part.MIGRATE:
            remove(client, one.id)
    before = {one.part: one for one in ours(client, installation, project)}
    for one in (before[part] for part in RUNNING_PARTS if part in before):
        if one.name.endswith(_ASIDE):
            client.rename(one.id, one.name.removesuffix(_ASIDE))
        if ran and not one.lives:
            client.start(one.id)
