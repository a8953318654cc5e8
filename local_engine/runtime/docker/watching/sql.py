"""SQL in a deployment's database, by the `psql` of its own container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_engine.runtime.docker.deployment import Deployment
from local_engine.runtime.docker.errors import DeploymentError
from local_engine.runtime.docker.labels import Part
from local_engine.runtime.docker.specs import DATABASE, USER

if TYPE_CHECKING:
    from docker import APIClient

_COMMAND = ("psql", "-X", "-v", "ON_ERROR_STOP=1", "-U", USER, "-d", DATABASE)
_LIMIT_BYTES = 100_000
"""Linux takes 128 KiB as one argument of a program (MAX_ARG_STRLEN)."""


def psql(client: APIClient, deployment: Deployment, sql: str) -> tuple[int, str, str]:
    """Run statements as the database's owner: exit code, standard output, standard error.

    Inside of the container, over its socket: no password is needed, and no port is open.
    """
    database = deployment.parts.get(Part.DATABASE)
    if database is None or not database.runs:
        raise DeploymentError(f"The database of {deployment.name} does not run.\nStart it first.")
    if len(sql.encode()) > _LIMIT_BYTES:
        raise DeploymentError(
            f"These statements are longer than {_LIMIT_BYTES} bytes.\nGive them in pieces."
        )
    execution = client.exec_create(database.id, [*_COMMAND, "-c", sql])["Id"]
    out, err = client.exec_start(execution, demux=True)
    code = int(client.exec_inspect(execution)["ExitCode"])
    return code, (out or b"").decode(errors="replace"), (err or b"").decode(errors="replace")
