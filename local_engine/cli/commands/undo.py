"""`undo`, `redo` and `restore`: going through the history; every step is a new version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.cli.errors import ExitCode
from local_engine.cli.output import Output
from local_engine.cli.projects import open_project, project_errors, returning, version_facts

if TYPE_CHECKING:
    from local_engine.projects import Version


def undo_change(folder: Path, replace: bool, output: Output) -> int:
    """Bring back what was before the last change."""
    with project_errors():
        version = open_project(folder, output).undo(returning(replace, output))
    return _told(version, "`redo` takes it back", output)


def redo_change(folder: Path, replace: bool, output: Output) -> int:
    """Bring back what was undone last."""
    with project_errors():
        version = open_project(folder, output).redo(returning(replace, output))
    return _told(version, "", output)


def restore_version(folder: Path, wanted: str, replace: bool, output: Output) -> int:
    """Make any version's content the newest."""
    with project_errors():
        project = open_project(folder, output)
        version = project.go_back(project.find(wanted), returning(replace, output))
    return _told(version, "`undo` takes it back", output)


def _told(version: Version, hint: str, output: Output) -> int:
    output.line(f"{version.record.title} (version {version.short})")
    if hint:
        output.line(hint)
    output.finish(version_facts(version))
    return ExitCode.OK
