"""What each part of a deployment is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path

from local_engine.runtime.docker.containers import ContainerSpec, Limits, Mount
from local_engine.runtime.docker.labels import Part

DATABASE_IMAGE = "postgres:18"
DATABASE = USER = "app"
SUPERUSER = "postgres"
SERVICE_PORT = 8000
DATABASE_PORT = 5432
SECRETS = "/run/secrets"
APP_USER = 10001
"""The user that the generated Dockerfile makes."""
POSTGRES_USER = 999
"""The user `postgres` of the public image."""
PASSWORD_FILE = "database_password"  # noqa: S105 - the name of a file
SUPERUSER_FILE = "superuser_password"

_CODE = "/srv/app"
_DATA = "/var/lib/postgresql"
_SOCKETS = "/var/run/postgresql"
_TMP = {"/tmp": "rw,noexec,nosuid,nodev,size=64m"}  # noqa: S108 - inside of a container


@dataclass(frozen=True)
class Surrounding:
    """The names of the networks and volumes of a deployment's parts.

    `secrets` are the database's, `own` the service's; `settings` are variables of its environment.
    """

    inside: str
    edge: str = ""
    data: str = ""
    secrets: str = ""
    own: str = ""
    egress: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


def database(around: Surrounding, image: str) -> ContainerSpec:
    """PostgreSQL, whose data outlives it."""
    sockets = f"rw,noexec,nosuid,nodev,size=1m,uid={POSTGRES_USER},gid={POSTGRES_USER},mode=0770"
    return ContainerSpec(
        part=Part.DATABASE,
        image=image,
        user=f"{POSTGRES_USER}:{POSTGRES_USER}",
        limits=Limits(memory=1024),
        networks={around.inside: ["database"]},
        mounts=[Mount(around.data, _DATA), Mount(around.secrets, SECRETS, read_only=True)],
        tmpfs={**_TMP, _SOCKETS: sockets},
        shared_memory=128,
        stop_seconds=20,
        health={
            "test": ["CMD", "pg_isready", "-q", "-h", "127.0.0.1"],
            "interval": 10_000_000_000,
            "timeout": 3_000_000_000,
            "retries": 3,
            "start_period": 60_000_000_000,
        },
    )


def migrate(around: Surrounding, image: str) -> ContainerSpec:
    """The project's own command that brings the database up to date; it ends."""
    return _project_part(around, image, Part.MIGRATE, ["python", "-m", "app", "migrate"])


def service(around: Surrounding, image: str, worked_on: Path | None = None) -> ContainerSpec:
    """The service itself, as its image starts it.

    Where its code is being `worked_on` in a project's folder, it runs that, and anew when a file
    was saved.
    """
    spec = _project_part(around, image, Part.SERVICE, None)
    if worked_on is None:
        return spec
    program = (resources.files(__package__) / "developing" / "reload.py").read_text("utf-8")
    serve = ["serve", "--host", "0.0.0.0", "--port", str(SERVICE_PORT)]  # noqa: S104 - in a container
    return replace(
        spec,
        command=["python", "-c", program, _CODE, "app", *serve],
        folders={str(worked_on.resolve() / "app"): _CODE},
    )


def proxy(around: Surrounding, image: str, port: int) -> ContainerSpec:
    """What publishes the service on a port of 127.0.0.1."""
    return _forwarding(around, image, port, Part.PROXY, "service", SERVICE_PORT)


def door(around: Surrounding, image: str, port: int) -> ContainerSpec:
    """What publishes the database on a port of 127.0.0.1, for a verification."""
    return _forwarding(around, image, port, Part.DOOR, "database", DATABASE_PORT)


def _forwarding(
    around: Surrounding, image: str, port: int, part: Part, to: str, inner_port: int
) -> ContainerSpec:
    return ContainerSpec(
        part=part,
        image=image,
        user=f"{APP_USER}:{APP_USER}",
        limits=Limits(memory=128, processors=1.0, processes=32),
        networks={around.edge: [], around.inside: []},
        command=["python", "/forward.py", str(inner_port), to, str(inner_port)],
        port=port,
        inner_port=inner_port,
        stop_seconds=2,
    )


def _project_part(
    around: Surrounding, image: str, part: Part, command: list[str] | None
) -> ContainerSpec:
    serves = part is Part.SERVICE
    networks: dict[str, list[str]] = {around.inside: ["service"] if serves else []}
    if serves and around.egress is not None:
        networks[around.egress] = []
    return ContainerSpec(
        part=part,
        image=image,
        user=f"{APP_USER}:{APP_USER}",
        limits=Limits(memory=768),
        networks=networks,
        command=command,
        environment={"ENVIRONMENT": "production", **around.settings},
        mounts=[Mount(around.own, SECRETS, read_only=True)],
        tmpfs=_TMP,
        restarts=serves,
    )


def database_secrets(superuser: str, password: str) -> Mapping[str, str]:
    """The files that the database reads: passwords of PostgreSQL's superuser and of the owner."""
    return {SUPERUSER_FILE: superuser, PASSWORD_FILE: password}


def service_secrets(password: str, secret_key: str, own: Mapping[str, str]) -> Mapping[str, str]:
    """The files that the service reads as its settings; `own` are those of the project itself."""
    url = f"postgresql://{USER}:{password}@database:{DATABASE_PORT}/{DATABASE}"
    return {**own, "database_url": url, "secret_key": secret_key}
