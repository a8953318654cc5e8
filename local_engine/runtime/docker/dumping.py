"""Keeps a copy of a deployment's data before migrations change it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.runtime.docker.errors import DeploymentError, quoted
from local_engine.runtime.docker.executing import execute
from local_engine.runtime.docker.specs import DATABASE, USER
from local_engine.runtime.private_files import make_private_folder

if TYPE_CHECKING:
    from docker import APIClient

_KEPT = 3
_APPLIED = """
SELECT to_regclass('schema_migrations') IS NOT NULL AS known \\gset
\\if :known
SELECT count(*) FROM schema_migrations;
\\else
SELECT 0;
\\endif
"""
_PSQL = ("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", USER, "-d", DATABASE)
_DUMP = ("pg_dump", "--format=custom", "-U", USER, "-d", DATABASE)


def dump_before_migrations(
    client: APIClient, container: str, project: Path, folder: Path
) -> Path | None:
    """Write all data into a file of `folder`, where migrations of the project are to be applied.

    The file is in pg_dump's custom format, for `pg_restore`; its owner alone can read it. The last
    few are kept. None where nothing is to be applied, or nothing was ever applied. Raises
    `DeploymentError`: data of which there is no copy is not to be migrated.
    """
    applied = execute(client, container, _PSQL, _APPLIED)
    if applied.exit_code:
        raise _failed(applied.complaints)
    there = len(list((project / "migrations").glob("*.up.sql")))
    if not 0 < int(applied.output) < there:
        return None
    path = make_private_folder(folder) / f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.dump"
    unfinished = path.with_suffix(".unfinished")
    try:
        _write(client, container, unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    for old in sorted(folder.glob("*.dump"))[:-_KEPT]:
        old.unlink()
    return path


def _write(client: APIClient, container: str, path: Path) -> None:
    identity = client.exec_create(container, list(_DUMP))["Id"]
    pieces: Iterator[tuple[bytes | None, bytes | None]] = client.exec_start(
        identity, stream=True, demux=True
    )
    complaints = b""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for out, err in pieces:
            file.write(out or b"")
            complaints += err or b""
        file.flush()
        os.fsync(file.fileno())
    if client.exec_inspect(identity)["ExitCode"]:
        raise _failed(complaints.decode(errors="replace"))


def _failed(said: str) -> DeploymentError:
    return DeploymentError(
        f"No copy of the data could be kept, so nothing is migrated.\n{quoted(said.splitlines())}"
    )
