"""Keeps a deployment's data before a deploy migrates it, and tries the migrations on a copy."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from local_engine.runtime.docker.data.server import ContainerServer
from local_engine.runtime.docker.deployment import Deployment
from local_engine.runtime.docker.errors import DeploymentError, quoted
from local_engine.runtime.docker.executing import execute
from local_engine.runtime.docker.place import ASIDE, DeploymentPlace
from local_engine.runtime.docker.specs import DATABASE, USER
from local_engine.runtime.events import OnEvent
from local_engine.runtime.identity import PRIVATE
from local_engine.runtime.postgres import PostgresError
from local_engine.runtime.snapshots import Snapshot, SnapshotError, SnapshotFiles
from local_engine.runtime.snapshots.before_migrating import (
    MigrationRefusedError,
    keep_before_migrating,
)
from local_engine.runtime.snapshots.files import DEPLOYED
from local_engine.runtime.snapshots.held import HeldDatabase

if TYPE_CHECKING:
    from docker import APIClient

_APPLIED = """
SELECT to_regclass('schema_migrations') IS NOT NULL AS known \\gset
\\if :known
SELECT count(*) FROM schema_migrations;
\\else
SELECT 0;
\\endif
"""
PSQL = ("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", USER, "-d", DATABASE)


DATA_OWED = (
    "The service stays stopped, so that nothing is written to data that is to be replaced. "
    "`run --docker` brings the data back and starts it."
)
"""What is said where a restoring of the data is owed."""


def deployed_files(project: Path, place: DeploymentPlace) -> SnapshotFiles:
    """The snapshots of a deployment: with the project's history, or without one in its place."""
    private = project / PRIVATE
    if place.project.endswith(ASIDE) or not private.is_dir():
        return SnapshotFiles(place.path / "snapshots")
    return SnapshotFiles(private / DEPLOYED)


def is_owed(deployment: Deployment) -> bool:
    """Whether the data of a deployment is to become a snapshot before its service may run."""
    folder, place = Path(deployment.folder), DeploymentPlace.of(deployment.project)
    return deployed_files(folder, place).owed is not None


def keep_data(
    client: APIClient,
    container: str,
    project: Path,
    files: SnapshotFiles,
    open_door: Callable[[], AbstractContextManager[ContainerServer]],
    on_event: OnEvent,
) -> Snapshot | None:
    """Make a snapshot where migrations are to be applied to data, and rehearse them on it.

    A restoring that is owed is carried out first. The door is opened only if it is needed. Raises
    `DeploymentError`: data of which there is no copy is not to be migrated.
    """
    if files.owed is None and not _is_behind(client, container, project):
        return None
    try:
        with open_door() as server:
            held = HeldDatabase(server, DATABASE, files)
            held.recover()
            return keep_before_migrating(held, project, on_event)
    except MigrationRefusedError as refusal:
        raise DeploymentError(str(refusal)) from None
    except (SnapshotError, PostgresError, psycopg.Error, OSError) as failure:
        raise _failed(str(failure).strip()) from failure


def _is_behind(client: APIClient, container: str, project: Path) -> bool:
    """Whether there is something to apply to a database that is not new: one question."""
    applied = execute(client, container, PSQL, _APPLIED)
    if applied.exit_code:
        raise _failed(applied.complaints)
    there = len(list((project / "migrations").glob("*.up.sql")))
    return 0 < int(applied.output) < there


def _failed(said: str) -> DeploymentError:
    return DeploymentError(
        f"No copy of the data could be kept, so nothing is migrated.\n{quoted(said.splitlines())}"
    )
