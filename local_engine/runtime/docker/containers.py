"""Containers as they are to be: hardened, labelled, made only where they are not so already."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from local_engine.runtime.docker.labels import CONFIG, DEPLOY, PART, Owner, Part, chosen

if TYPE_CHECKING:
    from docker import APIClient

_MEBIBYTE = 1024**2


@dataclass(frozen=True)
class Limits:
    """What a container may use: memory in MiB, processors, and processes with threads."""

    memory: int
    processors: float = 2.0
    processes: int = 256


@dataclass(frozen=True)
class Mount:
    """A volume in a container."""

    volume: str
    target: str
    read_only: bool = False


@dataclass(frozen=True)
class ContainerSpec:
    """A container: who it runs as, what it may reach and use. `networks` maps names to aliases.

    `folders` maps folders of this machine to where they can be read. `tmpfs` maps folders to the
    options they are mounted with; `port` on 127.0.0.1 leads to
    `inner_port`. `stop_seconds` is how long it has after SIGTERM.
    """

    part: Part
    image: str
    user: str
    limits: Limits
    networks: Mapping[str, Sequence[str]]
    command: Sequence[str] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    mounts: Sequence[Mount] = ()
    folders: Mapping[str, str] = field(default_factory=dict)
    tmpfs: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    inner_port: int = 0
    restarts: bool = True
    stop_seconds: int = 15
    stop_signal: str | None = None
    shared_memory: int = 64
    health: Mapping[str, Any] | None = None

    @property
    def digest(self) -> str:
        """What it is made of, in short: the same for the same container."""
        text = json.dumps(asdict(self), sort_keys=True, default=list)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Container:
    """A container that is there, as the engine's list tells it.

    `networks` are the ids of those that it has been in; it starts only if they are there still.
    """

    id: str
    name: str
    part: str
    labels: Mapping[str, str]
    state: str
    image: str
    ports: tuple[int, ...]
    created: float
    networks: tuple[str, ...] = ()

    @property
    def runs(self) -> bool:
        """Whether its process runs."""
        return self.state == "running"

    @property
    def lives(self) -> bool:
        """Whether it runs, or may yet without being started: it is paused, or restarts for ever."""
        return self.state not in ("created", "exited", "dead")


def ours(
    client: APIClient, installation: str, project: str = "", part: Part | None = None
) -> list[Container]:
    """Our containers, running or not, the oldest first."""
    wanted = chosen(installation, project, part)
    rows: list[dict[str, Any]] = client.containers(all=True, filters=wanted)
    found = [_read(row) for row in rows if DEPLOY in (row.get("Labels") or {})]
    return sorted(found, key=lambda one: one.created)


def _read(row: dict[str, Any]) -> Container:
    labels = row["Labels"]
    names = row.get("Names") or [""]
    networks: dict[str, dict[str, str]] = (row.get("NetworkSettings") or {}).get("Networks") or {}
    return Container(
        id=row["Id"],
        name=names[0].lstrip("/"),
        part=labels.get(PART, ""),
        labels=labels,
        state=row["State"],
        image=row["ImageID"],
        ports=tuple(
            port["PublicPort"] for port in row.get("Ports") or () if port.get("PublicPort")
        ),
        created=float(row["Created"]),
        networks=tuple(one["NetworkID"] for one in networks.values() if one["NetworkID"]),
    )


def create(client: APIClient, spec: ContainerSpec, owner: Owner, name: str, cpus: int) -> str:
    """Make the container, not started yet; gives its id. `cpus` are the engine's processors."""
    first, *others = spec.networks.items()
    made = client.create_container(
        image=spec.image,
        name=name,
        command=list(spec.command) if spec.command else None,
        user=spec.user,
        environment=dict(spec.environment),
        labels={**owner.labels(spec.part), CONFIG: spec.digest},
        ports=[spec.inner_port] if spec.port else None,
        stop_signal=spec.stop_signal,
        healthcheck=dict(spec.health) if spec.health else None,
        host_config=client.create_host_config(**_host(spec, cpus)),
        networking_config=_joining(client, *first),
        hostname=spec.part.value,
        detach=True,
        stop_timeout=spec.stop_seconds,
    )
    identity = str(made["Id"])
    for network, aliases in others:
        client.connect_container_to_network(identity, network, aliases=list(aliases))
    return identity


def _joining(client: APIClient, network: str, aliases: Sequence[str]) -> Any:
    endpoint = client.create_endpoint_config(aliases=list(aliases))
    return {"EndpointsConfig": {network: endpoint}}


def _host(spec: ContainerSpec, cpus: int) -> dict[str, Any]:
    """Nothing is allowed that is not needed."""
    return {
        "read_only": True,
        "tmpfs": dict(spec.tmpfs),
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
        "init": True,
        "mem_limit": spec.limits.memory * _MEBIBYTE,
        "memswap_limit": spec.limits.memory * _MEBIBYTE,
        "nano_cpus": int(min(spec.limits.processors, max(cpus, 1)) * 1e9),
        "pids_limit": spec.limits.processes,
        "shm_size": spec.shared_memory * _MEBIBYTE,
        "port_bindings": {spec.inner_port: ("127.0.0.1", spec.port)} if spec.port else None,
        "restart_policy": {"Name": "unless-stopped"} if spec.restarts else {"Name": "no"},
        "log_config": {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "2"}},
        "mounts": [
            {
                "Type": "volume",
                "Source": mount.volume,
                "Target": mount.target,
                "ReadOnly": mount.read_only,
            }
            for mount in spec.mounts
        ]
        + [
            {"Type": "bind", "Source": source, "Target": target, "ReadOnly": True}
            for source, target in spec.folders.items()
        ],
    }


def remove(client: APIClient, identity: str) -> None:
    """Remove a container, running or not; one that is gone already is no matter.

    Volumes that it made for itself go with it, named ones stay.
    """
    from docker.errors import APIError

    try:
        client.remove_container(identity, force=True, v=True)
    except APIError as failure:
        if failure.status_code not in (404, 409):  # 409: somebody else removes it now
            raise


def start(client: APIClient, one: Container) -> None:
    """Start a container, or let one that is paused go on; one that runs is no matter."""
    if one.state == "paused":
        client.unpause(one.id)
    else:
        client.start(one.id)


def stop(client: APIClient, identity: str, seconds: int) -> None:
    """Ask a container to end, and end it after so many seconds."""
    from docker.errors import NotFound

    with contextlib.suppress(NotFound):
        client.stop(identity, timeout=seconds)


def last_lines(client: APIClient, identity: str, count: int = 20) -> list[str]:
    """The last lines that it wrote."""
    from docker.errors import APIError

    try:
        said: bytes = client.logs(identity, tail=count)
    except APIError:
        return []
    return said.decode(errors="replace").splitlines()
