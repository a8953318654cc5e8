"""Snapshots of a project's database: files that are whole or not there, and what they hold.

Nothing here knows how the service runs: `HeldDatabase` (in `held`) works on any server of ours, and
`SnapshotFiles` keeps what any way of running a project stores. It is not imported here, because
whoever only reads files needs no database.
"""

from local_engine.runtime.snapshots.files import (
    Applied,
    NotStartedError,
    Snapshot,
    SnapshotDamagedError,
    SnapshotError,
    SnapshotFiles,
)
from local_engine.runtime.snapshots.rehearsal import Rehearsal
from local_engine.runtime.snapshots.scripts import Script

__all__ = [
    "Applied",
    "NotStartedError",
    "Rehearsal",
    "Script",
    "Snapshot",
    "SnapshotDamagedError",
    "SnapshotError",
    "SnapshotFiles",
]
