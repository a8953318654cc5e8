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
    part: Part,
    name: str,
    image: str,
    user: int,
    secrets: Mapping[str, str],
) -> str:
    """The name of the volume with these secrets, made and filled if there is none of this name.

    They are files that only the user of this number may read. They go through the engine's socket
    into the volume, and are in no image, command, environment, label or log. The engine writes into
    a volume by way of a container that has it; any `image` will do for that, because it is never
    started.
    """
    if any(found["Name"] == name for found in volumes(client, owner.installation, owner.project)):
        return name
    client.create_volume(name, labels=owner.labels(part))
    carrier = client.create_container(
        image,
        labels=owner.labels(part),
        host_config=client.create_host_config(binds=[f"{name}:{_FOLDER}"], network_mode="none"),
    )["Id"]
    try:
        client.put_archive(carrier, _FOLDER, _archive(secrets, user))
    finally:
        remove(client, carrier)
    return name


def remove_unused_settings(client: APIClient, installation: str, project: str) -> None:
    """Remove the settings of services that were replaced; what a container has stays."""
    from docker.errors import APIError

    for found in volumes(client, installation, project, Part.SETTINGS):
        try:
            client.remove_volume(found["Name"])
        except APIError as failure:
            if failure.status_code not in (404, 409):  # 409: it is in use
                raise


def _archive(secrets: Mapping[str, str], user: int) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, text in secrets.items():
            add_text(tar, name, text, owner=user, mode=_READABLE_BY_ITS_USER)
    return stream.getvalue()
