"""SQL in a deployment's database, by the `psql` of its own container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_engine.runtime.docker.deployment import Deployment
from local_engine.runtime.docker.errors import DeploymentError
from local_engine.runtime.docker.executing import execute
from local_engine.runtime.docker.labels import Part
from local_engine.runtime.docker.specs import DATABASE, USER

if TYPE_CHECKING:
    from docker import APIClient

_COMMAND = ("psql", "-X", "-v", "ON_ERROR_STOP=1", "-U", USER, "-d", DATABASE)


def psql(client: APIClient, deployment: Deployment, sql: str) -> tuple[int, str, str]:
    """Run statements as the database's owner: exit code, standard output, standard error.

    Inside of the container, over its socket: no password is needed, and no port is open.
    The statements are in no argument: the list of the machine's processes shows these to all.
    """
    database = deployment.parts.get(Part.DATABASE)
    if database is None or not database.runs:
        raise DeploymentError(f"The database of {deployment.name} does not run.\nStart it first.")
    done = execute(client, database.id, _COMMAND, sql)
    return done.exit_code, done.output, done.complaints
