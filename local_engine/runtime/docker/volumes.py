"""The volumes of a deployment: the database's data, and the secrets that its parts read."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from local_engine.runtime.docker.containers import remove
from local_engine.runtime.docker.image_context import add_text
from local_engine.runtime.docker.labels import Owner, Part, chosen

if TYPE_CHECKING:
    from docker import APIClient

_FOLDER = "/secrets"
_READABLE_BY_ITS_USER = 0o400


def volume(client: APIClient, owner: Owner, part: Part, name: str) -> str:
    """The name of the volume for a part, made if there is none."""
    found = volumes(client, owner.installation, owner.project, part)
    if found:
        return str(found[0]["Name"])
    client.create_volume(name, labels=owner.labels(part))
    return name


def volumes(
    client: APIClient, installation: str, project: str = "", part: Part | None = None
) -> list[dict[str, Any]]:
    """Our volumes, as the engine describes them."""
    wanted = chosen(installation, project, part)
    return list(client.volumes(filters=wanted)["Volumes"] or [])


def secrets_volume(
    client: APIClient,
    owner: Owner,
    name: str,
    image: str,
    secrets: Mapping[str, tuple[int, str]],
) -> str:
    """The name of the volume with the secrets, made and filled if there is none.

    Each secret is the number of the only user who may read it, and its text. They go through the
    engine's socket into the volume, and are in no image, command, environment, label or log. The
    engine writes into a volume by way of a container that has it; any `image` will do for that,
    because it is never started.
    """
    if found := volumes(client, owner.installation, owner.project, Part.SECRETS):
        return str(found[0]["Name"])
    client.create_volume(name, labels=owner.labels(Part.SECRETS))
    carrier = client.create_container(
        image,
        labels=owner.labels(Part.SECRETS),
        host_config=client.create_host_config(binds=[f"{name}:{_FOLDER}"], network_mode="none"),
    )["Id"]
    try:
        client.put_archive(carrier, _FOLDER, _archive(secrets))
    finally:
        remove(client, carrier)
    return name


def _archive(secrets: Mapping[str, tuple[int, str]]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, (user, text) in secrets.items():
            add_text(tar, name, text, owner=user, mode=_READABLE_BY_ITS_USER)
    return stream.getvalue()
