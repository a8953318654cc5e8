"""The role that the service connects as: it owns the project's database, and nothing else.

And the superuser's password, which a cluster that was prepared does not have yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_engine.runtime.docker.errors import DeploymentError, quoted
from local_engine.runtime.docker.specs import (
    DATABASE,
    PASSWORD_FILE,
    SECRETS,
    SUPERUSER,
    SUPERUSER_FILE,
    USER,
)

if TYPE_CHECKING:
    from docker import APIClient

# The passwords are read from their files by psql itself. Where a statement fails, PostgreSQL would
# write it into its log.
_SCRIPT = rf"""
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username {SUPERUSER} --dbname postgres <<'SQL'
\set password `cat {SECRETS}/{PASSWORD_FILE}`
\set superuser `cat {SECRETS}/{SUPERUSER_FILE}`
SET log_min_error_statement = panic;
ALTER ROLE {SUPERUSER} PASSWORD :'superuser';
SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '{USER}') AS known \gset
\if :known
ALTER ROLE {USER} PASSWORD :'password';
\else
CREATE ROLE {USER} LOGIN PASSWORD :'password';
\endif
SELECT 'CREATE DATABASE {DATABASE} OWNER {USER}'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \gexec
REVOKE CONNECT, TEMPORARY ON DATABASE {DATABASE}, postgres, template1 FROM PUBLIC;
SQL
"""  # noqa: S608 - constants put together


def make_owner(client: APIClient, container: str) -> None:
    """Make the role and its database, if they are not there. Raises `DeploymentError`."""
    execution = client.exec_create(container, ["sh", "-c", _SCRIPT])["Id"]
    said: bytes = client.exec_start(execution)
    if client.exec_inspect(execution)["ExitCode"]:
        lines = said.decode(errors="replace").splitlines()
        raise DeploymentError(f"The database could not be set up.\n{quoted(lines)}")
