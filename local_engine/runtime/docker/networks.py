"""The networks: one inside a deployment, without a way in or out, and two that projects share."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from local_engine.runtime.docker.containers import ours
from local_engine.runtime.docker.labels import Owner, Part, chosen

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
    return _found_or_made(client, _shared(owner), Part.EDGE, _shared_name(owner, "edge"), options)


def egress_network(client: APIClient, owner: Owner) -> str:
    """The way out, for services whose Blueprint sends webhooks or e-mail."""
    options = {_TALK: "false"}
    name = _shared_name(owner, "egress")
    return _found_or_made(client, _shared(owner), Part.EGRESS, name, options)


def remove_unused(client: APIClient, identity: str) -> bool:
    """Remove a network; gives whether it is gone. One that is in use stays."""
    from docker.errors import APIError

    try:
        client.remove_network(identity)
    except APIError as failure:
        return bool(failure.status_code == 404)
    return True


def remove_networks(client: APIClient, installation: str, project: str) -> None:
    """Remove a deployment's network, and those that projects share if there is no other one.

    A stopped container does not keep its network from being removed, and could not start then.
    """
    rows = client.networks(filters=chosen(installation, project))
    if not ours(client, installation):
        rows += client.networks(filters=chosen(installation, part=Part.EDGE))
        rows += client.networks(filters=chosen(installation, part=Part.EGRESS))
    for row in rows:
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


def _shared(owner: Owner) -> Owner:
    return Owner(installation=owner.installation)


def _shared_name(owner: Owner, word: str) -> str:
    return f"backend-generator-{owner.installation[:8]}-{word}"
