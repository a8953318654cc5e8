"""Snapshots of a project's data, over the project store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.api.features.snapshots.schemas import SnapshotFacts
from local_engine.api.features.versions.service import project_in
from local_engine.api.problems import Problem

if TYPE_CHECKING:
    from local_engine.projects import Project
    from local_engine.projects.snapshots import Where
    from local_engine.runtime.snapshots import Snapshot


def all_of(folder: Path, of: Where) -> list[SnapshotFacts]:
    """What is kept, the newest first."""
    with project_in(folder) as project:
        return [_facts(snapshot) for snapshot in project.snapshots(of)]


def make(folder: Path, of: Where) -> SnapshotFacts:
    """Keep the data as it is now."""
    from local_engine.jobs.kinds.restore import data_of

    with project_in(folder) as project:
        return _facts(project.make_snapshot(data_of(of)))


def require(folder: Path, wanted: str, of: Where) -> None:
    """Raise `Problem` 404 where there is no such snapshot."""
    with project_in(folder) as project:
        _find(project, wanted, of)


def delete(folder: Path, wanted: str, of: Where) -> None:
    """Remove a snapshot."""
    with project_in(folder) as project:
        project.remove_snapshot(_find(project, wanted, of).id, of)


def _find(project: Project, wanted: str, of: Where) -> Snapshot:
    for snapshot in project.snapshots(of):
        if snapshot.id == wanted:
            return snapshot
    raise Problem(404, "no-such-snapshot", "There is no snapshot with this id.")


def _facts(snapshot: Snapshot) -> SnapshotFacts:
    return SnapshotFacts(
        id=snapshot.id,
        made_at=snapshot.made_at,
        reason=snapshot.reason,
        version=snapshot.version,
        bytes=snapshot.bytes,
        rows=dict(snapshot.rows),
    )
