"""The networks: one inside a deployment, without a way in or out, and two that projects share."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from local_engine.runtime.docker.containers import ours
from local_engine.runtime.docker.labels import Owner, Part, chosen
from local_engine.runtime.docker.place import DeploymentPlace, shared_locked

if TYPE_CHECKING:
    from docker import APIClient

_MTU = "com.docker.network.driver.mtu"
_TALK = "com.docker.network.bridge.enable_icc"
_OUT = "com.docker.network.bridge.enable_ip_masquerade"


def inside_network(client: APIClient, owner: Owner, name: str) -> str:
    """The network of one deployment: its parts reach one another and nothing else."""
    return _found_or_made(client, owner, Part.INSIDE, name, {}, internal=True)


def edge_network(client: APIClient, owner: Owner) -> str:
    """Where all deployments' proxies publish their ports; it leads in, not out."""
    options = {_TALK: "false", _OUT: "false"}
    return _shared(client, owner, Part.EDGE, options)


def egress_network(client: APIClient, owner: Owner) -> str:
    """The way out, for services whose Blueprint sends webhooks or e-mail."""
    options = {_TALK: "false"}
    return _shared(client, owner, Part.EGRESS, options)


def remove_unused(client: APIClient, identity: str) -> bool:
    """Remove a network; gives whether it is gone. One that is in use stays."""
    from docker.errors import APIError

    try:
        client.remove_network(identity)
    except APIError as failure:
        return bool(failure.status_code == 404)
    return True


def remove_network(client: APIClient, installation: str, project: str) -> None:
    """Remove the network of one deployment, whose containers are gone."""
    for row in client.networks(filters=chosen(installation, project)):
        remove_unused(client, row["Id"])


def remove_shared_networks(client: APIClient, installation: str) -> None:
    """Remove the networks that projects share, if nothing is deployed any more.

    A stopped container does not keep its network from being removed, and could not start then; and
    a deploy that has begun counts on what it has found.
    """
    with shared_locked():
        if ours(client, installation) or any(DeploymentPlace.unfinished()):
            return
        for part in (Part.EDGE, Part.EGRESS):
            for row in client.networks(filters=chosen(installation, part=part)):
                remove_unused(client, row["Id"])


def _found_or_made(
    client: APIClient,
    owner: Owner,
    part: Part,
    name: str,
    options: dict[str, str],
    *,
    internal: bool = False,
) -> str:
    wanted = chosen(owner.installation, owner.project, part)
    rows: list[dict[str, Any]] = client.networks(filters=wanted)
    if rows:
        return str(rows[0]["Name"])
    client.create_network(
        name,
        driver="bridge",
        options={**options, **_mtu(client)},
        internal=internal,
        labels=owner.labels(part),
    )
    return name


def _mtu(client: APIClient) -> dict[str, str]:
    """The daemon's own setting, which networks other than its first do not take over."""
    from docker.errors import APIError

    with contextlib.suppress(APIError):
        value = (client.inspect_network("bridge").get("Options") or {}).get(_MTU)
        if value:
            return {_MTU: value}
    return {}


def _shared(client: APIClient, owner: Owner, part: Part, options: dict[str, str]) -> str:
    """A network that projects share; of several deploys at once, one makes it."""
    name = f"backend-generator-{owner.installation[:8]}-{part.value}"
    with shared_locked():
        return _found_or_made(client, Owner(owner.installation), part, name, options)
