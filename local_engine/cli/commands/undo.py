"""`undo`, `redo` and `restore`: going through the history; every step is a new version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.cli.errors import ExitCode
from local_engine.cli.output import Output
from local_engine.cli.projects import open_project, project_errors, version_facts
from local_engine.cli.restoring import bring_back

if TYPE_CHECKING:
    from local_engine.projects import Version
    from local_engine.projects.snapshots import Where


def undo_change(folder: Path, replace: bool, of: Where, output: Output) -> int:
    """Bring back what was before the last change."""
    return _told(
        bring_back(folder, "undo", None, replace, of, output), "`redo` takes it back", output
    )


def redo_change(folder: Path, replace: bool, of: Where, output: Output) -> int:
    """Bring back what was undone last."""
    return _told(bring_back(folder, "redo", None, replace, of, output), "", output)


def restore_version(folder: Path, wanted: str, replace: bool, of: Where, output: Output) -> int:
    """Make any version's content the newest."""
    with project_errors():
        version = open_project(folder, output).find(wanted).id
    found = bring_back(folder, "version", version, replace, of, output)
    return _told(found, "`undo` takes it back", output)


def _told(version: Version, hint: str, output: Output) -> int:
    output.line(f"{version.record.title} (version {version.short})")
    if hint:
        output.line(hint)
    output.finish(version_facts(version))
    return ExitCode.OK
