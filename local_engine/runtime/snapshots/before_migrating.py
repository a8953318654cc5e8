"""What is done before migrations touch data that somebody needs: it is kept, and they are tried."""

from __future__ import annotations

from pathlib import Path

from local_engine.runtime.events import OnEvent, Rehearsed, stage
from local_engine.runtime.snapshots.files import Snapshot, SnapshotError
from local_engine.runtime.snapshots.held import HeldDatabase
from local_engine.runtime.snapshots.rehearsal import in_words
from local_engine.runtime.snapshots.scripts import missing_from, scripts_in


class MigrationRefusedError(SnapshotError):
    """The data does not fit a migration; that was seen on a copy."""


def keep_before_migrating(held: HeldDatabase, project: Path, on_event: OnEvent) -> Snapshot | None:
    """Store the data, and run the project's migrations on a copy made of that: so it is good.

    None where nothing is to be applied or there is no row. Raises `MigrationRefusedError`.
    """
    scripts = missing_from(held.migrations, scripts_in(project))
    if not scripts or not held.has_rows:
        return None
    with stage(on_event, "snapshot", "Keep the data as it is"):
        snapshot = held.store("migration")
    with stage(on_event, "rehearse", "Try the migration on a copy"):
        found = held.rehearse(scripts, snapshot)
    on_event(Rehearsed(snapshot.id, in_words(found)))
    if found.refused is not None:
        held.files.remove(snapshot.id)
        raise MigrationRefusedError(
            f"The migration {found.at} does not fit the data: {found.refused}\n"
            "It was tried on a copy; the data is as it was. Change the rows that it names, or the "
            "Blueprint, then start again."
        )
    return snapshot
