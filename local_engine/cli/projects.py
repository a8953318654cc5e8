"""Opening projects for the commands, and telling what the store does and refuses."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.cli.blueprints import FILE
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output

if TYPE_CHECKING:
    from local_engine.projects import Outcome, Project, Version
    from local_engine.projects.events import Event
    from local_engine.runtime.preview.data import PreviewData


def open_project(folder: Path, output: Output) -> Project:
    """The project in a folder; what it notices is told."""
    from local_engine.projects import Project

    return Project(folder, event_lines(output))


def preview_data(output: Output) -> PreviewData:
    """The database of a project's preview; that it pauses and resumes is told."""
    from local_engine.cli.previews import stage_lines
    from local_engine.jobs.stages import hearing
    from local_engine.runtime.preview.data import PreviewData

    return PreviewData(hearing(stage_lines(output)))


@contextmanager
def on_the_list(
    folder: Path, name: str, output: Output, *, new: bool = False
) -> Iterator[str | None]:
    """The project's id while the block works on it, so that the window finds it too.

    A `new` project is taken off again if the block does not make it. None where there is no
    project, or no list: the project is there all the same.
    """
    from local_engine.projects.index import ProjectIndex
    from local_engine.runtime.home import engine_home
    from local_engine.storage import TooNew

    place = folder.resolve()
    if not new and not (place / FILE).is_file():
        yield None
        return
    try:
        index = ProjectIndex(engine_home())
        known = index.at(place)
        entry = index.begin(place, name) if new else index.add(place, name)
    except (OSError, TooNew, sqlite3.Error) as failure:
        output.line(f"! not on the list of projects: {failure}", "yellow")
        yield None
        return
    with closing(index):
        try:
            yield entry.id
        except BaseException:
            if new and entry != known and not open_project(folder, output).is_there:
                index.remove(entry.id)
            raise
        index.opened(entry.id)


@contextmanager
def project_errors() -> Iterator[None]:
    """What the store refuses, as the end of a command."""
    from local_engine.generator.emit.relational.migration import MigrationRefused
    from local_engine.projects import FolderTaken, NotAProject, ProjectError
    from local_engine.runtime.snapshots import SnapshotError

    try:
        yield
    except SnapshotError as refusal:
        first, _, rest = str(refusal).partition("\n")
        raise CommandError(first, hint=rest) from None
    except MigrationRefused as refusal:
        raise CommandError(
            str(refusal), hint="if the data may go, repeat the command with --allow-drop"
        ) from None
    except ProjectError as refusal:
        is_usage = isinstance(refusal, NotAProject | FolderTaken)
        code = ExitCode.USAGE if is_usage else ExitCode.FAILED
        raise CommandError(refusal.message, hint=refusal.hint, code=code) from None


def event_lines(output: Output) -> Callable[[Event], None]:
    """Prints what the store notices on its own."""
    from local_engine.cli.jobs import store_lines
    from local_engine.jobs.stages import hearing

    return hearing(store_lines(output))


def show_outcome(outcome: Outcome, folder: Path, output: Output) -> int:
    """What a person should know of a generation; the exit code says whether it came to an end."""
    if outcome.migration and outcome.version:
        output.line(f"New migration: {outcome.migration}.up.sql")
    for warning in outcome.warnings:
        output.line(f"! {warning}", "yellow")
    if outcome.pending is None:
        for name in outcome.kept:
            output.line(f"! with your edits: {name}", "yellow")
        return ExitCode.OK
    open_ = outcome.pending.open
    output.line(f"{len(open_)} {'conflict' if len(open_) == 1 else 'conflicts'}; nothing changed:")
    for conflict in open_:
        output.line(f"! {conflict.path}: {conflict.kind}", "yellow")
    output.field("Next", f"backend-generator conflicts {folder}")
    return ExitCode.FAILED


def outcome_facts(outcome: Outcome) -> dict[str, Any]:
    """A generation as plain data."""
    pending = outcome.pending
    return {
        "version": outcome.version.id if outcome.version else None,
        "written": list(outcome.written),
        "removed": list(outcome.removed),
        "kept": list(outcome.kept),
        "migration": outcome.migration,
        "conflicts": [conflict.path for conflict in pending.open] if pending else [],
    }


def version_facts(version: Version) -> dict[str, Any]:
    """A version as plain data."""
    return {
        "id": version.id,
        "cause": version.record.cause,
        "title": version.record.title,
        "name": version.record.name,
        "time": version.time.isoformat(),
        "author": version.author,
        "snapshot": version.record.snapshot,
        "verdict": version.record.verdict,
        "making": version.record.making,
    }
