"""The database of a project's preview, for whoever keeps the project's versions."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg

from local_engine.runtime.events import OnEvent, ignore
from local_engine.runtime.file_lock import LockTimeoutError, file_lock
from local_engine.runtime.postgres import PostgresError
from local_engine.runtime.preview.errors import PreviewError
from local_engine.runtime.preview.migrating import snapshot_files
from local_engine.runtime.preview.pausing import paused
from local_engine.runtime.preview.registry import held_server
from local_engine.runtime.preview.state import PreviewFolder, preview_folder_of
from local_engine.runtime.snapshots import SnapshotError
from local_engine.runtime.snapshots.held import HeldDatabase


class PreviewData:
    """Fulfils the project store's `Snapshots`. All failures come as `SnapshotError`."""

    where: Final = "preview"

    def __init__(self, on_event: OnEvent = ignore) -> None:
        self._on_event = on_event

    def has_database(self, project: Path) -> bool:
        """Whether the project ever ran here; no server is started to find out."""
        return preview_folder_of(project) is not None

    @contextlib.contextmanager
    def open(self, project: Path) -> Iterator[HeldDatabase]:
        """Hold the database; the service goes on running."""
        folder = PreviewFolder.of_project(project)
        with _snapshot_errors(), held_server() as server, file_lock(folder.data_lock):
            held = HeldDatabase(server, folder.name, snapshot_files(project.resolve()))
            held.recover()
            yield held

    @contextlib.contextmanager
    def at_rest(self, project: Path) -> Iterator[HeldDatabase]:
        """Hold the database while nothing runs on it; what ran is started again afterwards."""
        with (
            _snapshot_errors(),
            paused(project, self._on_event),
            self.open(project) as held,
        ):
            yield held

    def follow(self, project: Path) -> None:
        """A preview runs what it was started with until it is started again."""


@contextlib.contextmanager
def _snapshot_errors() -> Iterator[None]:
    try:
        yield
    except (PreviewError, PostgresError, LockTimeoutError, psycopg.Error) as error:
        raise SnapshotError(str(error).strip()) from error
