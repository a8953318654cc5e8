"""Refuses a volume with data of an older PostgreSQL before the newer one touches it.

The public image keeps each major version's data in a folder of its own since 18, and would make a
new, empty database beside the old one; images before that had it elsewhere in the same volume.
Source: the image's documentation (https://hub.docker.com/_/postgres, "PGDATA").
"""

from __future__ import annotations

import contextlib
import io
import tarfile
from typing import TYPE_CHECKING

from local_engine.runtime.docker.errors import DeploymentError

if TYPE_CHECKING:
    from docker import APIClient

MAJOR = 18
_OLDEST = 12
_ROOT = "/var/lib/postgresql"
_PLACES = (
    *(f"{_ROOT}/{major}/docker" for major in range(MAJOR - 1, _OLDEST - 1, -1)),
    f"{_ROOT}/data",
    _ROOT,
)


def refuse_older_data(client: APIClient, container: str, volume: str) -> None:
    """Look into the volume of a database's container, which need not run.

    Raises `DeploymentError` where there is data of an older version, and none of this one.
    """
    if _version(client, container, f"{_ROOT}/{MAJOR}/docker") is not None:
        return
    for place in _PLACES:
        version = _version(client, container, place)
        if version is not None and version != str(MAJOR):
            raise DeploymentError(
                f"The volume {volume} holds data of PostgreSQL {version}; this is {MAJOR}.\n"
                f"Nothing was changed. Dump it with postgres:{version} (pg_dumpall), remove the "
                "deployment with --data, deploy again, and read the dump in with `docker psql`."
            )


def _version(client: APIClient, container: str, folder: str) -> str | None:
    """What a data folder says of itself; None where there is none."""
    from docker.errors import NotFound

    try:
        stream, _ = client.get_archive(container, f"{folder}/PG_VERSION")
    except NotFound:
        return None
    with contextlib.closing(stream):
        content = b"".join(stream)
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        file = tar.extractfile(tar.getmembers()[0])
        return None if file is None else file.read().decode("ascii", "replace").strip()
