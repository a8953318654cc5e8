"""`snapshots`: list, make, put back and delete what is kept of a project's data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output
from local_engine.cli.previews import stage_lines
from local_engine.cli.projects import open_project, project_errors
from local_engine.cli.restoring import bring_back

if TYPE_CHECKING:
    from local_engine.projects import Project
    from local_engine.projects.snapshots import Where
    from local_engine.runtime.snapshots import Snapshot

_MEGABYTE = 1_000_000


def list_snapshots(folder: Path, of: Where, output: Output) -> int:
    """A table of all snapshots."""
    with project_errors():
        found = open_project(folder, output).snapshots(of)
    rows = [
        (
            snapshot.id,
            f"{snapshot.made_at.astimezone():%Y-%m-%d %H:%M}",
            snapshot.reason,
            (snapshot.version or "")[:10],
            str(sum(snapshot.rows.values())),
            f"{snapshot.bytes / _MEGABYTE:.2f} MB",
        )
        for snapshot in found
    ]
    output.table(["snapshot", "time", "reason", "version", ">rows", ">size"], rows)
    output.finish({"snapshots": [snapshot_facts(snapshot) for snapshot in found]})
    return ExitCode.OK


def make_snapshot(folder: Path, of: Where, output: Output) -> int:
    """Keep the data as it is now."""
    from local_engine.jobs.kinds.restore import data_of
    from local_engine.jobs.stages import hearing

    told = hearing(stage_lines(output))
    with project_errors():
        snapshot = open_project(folder, output).make_snapshot(data_of(of, told))
    output.line(f"Kept as {snapshot.id}: {sum(snapshot.rows.values())} rows")
    output.finish(snapshot_facts(snapshot))
    return ExitCode.OK


def restore_snapshot(folder: Path, wanted: str, replace: bool, of: Where, output: Output) -> int:
    """Put data back under the present code."""
    with project_errors():
        snapshot = _find(open_project(folder, output), wanted, of)
    bring_back(folder, "snapshot", snapshot.id, replace, of, output)
    output.line(f"The data is what it was on {snapshot.made_at.astimezone():%Y-%m-%d %H:%M}")
    output.finish(snapshot_facts(snapshot))
    return ExitCode.OK


def delete_snapshot(folder: Path, wanted: str, yes: bool, of: Where, output: Output) -> int:
    """Remove a snapshot, after asking."""
    with project_errors():
        project = open_project(folder, output)
        snapshot = _find(project, wanted, of)
        if not (yes or _agreed(snapshot)):
            output.line("Nothing was changed.")
            output.finish({"deleted": None})
            return ExitCode.OK
        project.remove_snapshot(snapshot.id, of)
    output.line(f"Deleted {snapshot.id}")
    output.finish({"deleted": snapshot.id})
    return ExitCode.OK


def snapshot_facts(snapshot: Snapshot) -> dict[str, Any]:
    """A snapshot as plain data."""
    return {
        "id": snapshot.id,
        "time": snapshot.made_at.isoformat(),
        "reason": snapshot.reason,
        "version": snapshot.version,
        "bytes": snapshot.bytes,
        "rows": dict(snapshot.rows),
    }


def _find(project: Project, wanted: str, of: Where) -> Snapshot:
    found = [one for one in project.snapshots(of) if one.id.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    raise CommandError(
        f"{'several snapshots begin' if found else 'no snapshot begins'} with {wanted!r}",
        hint="`snapshots list` shows them",
        code=ExitCode.USAGE,
    )


def _agreed(snapshot: Snapshot) -> bool:
    if not sys.stdin.isatty():
        raise CommandError("nobody is there to be asked", hint="add --yes", code=ExitCode.USAGE)
    import typer

    return typer.confirm(f"Delete {snapshot.id} for good?", default=False)
