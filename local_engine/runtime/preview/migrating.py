"""Applying a project's migrations to data that somebody needs.

Before any touches a database with rows, these are stored as a snapshot; the migrations run on a
copy made of that (so it is known to be good), and only then on the original.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import psycopg

from local_engine.runtime.events import OnEvent
from local_engine.runtime.file_lock import file_lock
from local_engine.runtime.guarding.forking import Forks
from local_engine.runtime.identity import PRIVATE
from local_engine.runtime.postgres import PostgresServer
from local_engine.runtime.preview.commands import run_command
from local_engine.runtime.preview.errors import PreviewError
from local_engine.runtime.preview.registry import preview_server
from local_engine.runtime.preview.state import PreviewFolder
from local_engine.runtime.snapshots import SnapshotError, SnapshotFiles
from local_engine.runtime.snapshots.before_migrating import (
    MigrationRefusedError,
    keep_before_migrating,
)
from local_engine.runtime.snapshots.held import HeldDatabase
from local_engine.runtime.snapshots.scripts import missing_from, scripts_in


def snapshot_files(project: Path) -> SnapshotFiles:
    """The snapshots of a project: with its history, or without one beside its database."""
    private = project / PRIVATE
    place = private if private.is_dir() else PreviewFolder.of_project(project).path
    return SnapshotFiles(place / "snapshots")


def bring_up_to_date(
    project: Path,
    folder: PreviewFolder,
    environment: Mapping[str, str],
    on_event: OnEvent,
    forks: Forks | None = None,
) -> None:
    """Apply the migrations that are missing, by the project's own command.

    Raises `PreviewError`, and then the data is as it was.
    """
    files, server = snapshot_files(project), preview_server()
    with file_lock(folder.data_lock):
        if files.owed is not None or _is_behind(server, folder.name, project):
            held = HeldDatabase(server, folder.name, files)
            try:
                held.recover()
                keep_before_migrating(held, project, on_event)
            except MigrationRefusedError as error:
                raise PreviewError(str(error)) from None
            except (SnapshotError, OSError, psycopg.Error) as error:
                raise PreviewError(f"The data could not be kept: {error}") from error
        run_command(project, environment, "migrate", forks=forks)


def _is_behind(server: PostgresServer, name: str, project: Path) -> bool:
    """Whether there is something to apply to a database that is not new: one question."""
    applied = HeldDatabase(server, name, SnapshotFiles(project)).migrations
    return bool(applied) and bool(missing_from(applied, scripts_in(project)))
