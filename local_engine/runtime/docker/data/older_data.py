"""Refuses a volume with data of an older PostgreSQL before the newer one touches it.

The public image keeps each major version's data in a folder of its own since 18, and would make a
new, empty database beside the old one; images before that had it elsewhere in the same volume.
Source: the image's documentation (https://hub.docker.com/_/postgres, "PGDATA").
"""

from __future__ import annotations

import contextlib
import io
import shlex
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.runtime.docker.errors import DeploymentError
from local_engine.runtime.docker.specs import DATABASE, SUPERUSER

if TYPE_CHECKING:
    from docker import APIClient

MAJOR = 18
_OLDEST = 12
_ROOT = "/var/lib/postgresql"


_WAY = """\
Nothing was changed. To take the rows along, write them out with the older version:
  docker run -d --name older -v {volume}:/older -e PGDATA=/older{place} postgres:{version}
  docker exec older sh -c 'until pg_isready -q; do sleep 1; done'
  docker exec older pg_dump -U {superuser} --no-owner --no-privileges {database} > older.sql
  docker rm -f -v older
Make sure that older.sql is whole: its last lines say so. Then let it take the new one's place:
  backend-generator docker remove {project} --data
  backend-generator run {project} --docker
  backend-generator docker psql {project} -c 'DROP SCHEMA public CASCADE; CREATE SCHEMA public'
  backend-generator docker psql {project} < older.sql
  backend-generator run {project} --docker"""


def refuse_older_data(client: APIClient, container: str, volume: str, project: Path) -> None:
    """Look into the volume of a database's container, which need not run.

    Raises `DeploymentError` where there is data of an older version, and none of this one.
    """
    if _version(client, container, f"{_ROOT}/{MAJOR}/docker") is not None:
        return
    versioned = (f"{_ROOT}/{major}/docker" for major in range(MAJOR - 1, _OLDEST - 1, -1))
    for place in (*versioned, f"{_ROOT}/data", _ROOT):
        version = _version(client, container, place)
        if version is not None and version != str(MAJOR):
            way = _WAY.format(
                volume=volume,
                place=place.removeprefix(_ROOT),
                version=version,
                superuser=SUPERUSER,
                database=DATABASE,
                project=shlex.quote(str(project)),
            )
            raise DeploymentError(
                f"The volume {volume} holds data of PostgreSQL {version}; this is {MAJOR}.\n{way}"
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
