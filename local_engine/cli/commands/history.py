"""`history` and `show`: the versions of a project, and what one of them changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.cli.errors import ExitCode
from local_engine.cli.models import show_making
from local_engine.cli.output import Output
from local_engine.cli.projects import open_project, project_errors, version_facts
from local_engine.jobs.models import Making

if TYPE_CHECKING:
    from local_engine.projects import Comparison

_MARKS = (("+", "added"), ("-", "removed"), ("~", "changed"))


def show_history(folder: Path, limit: int, start: str | None, output: Output) -> int:
    """A table of versions, the newest first."""
    with project_errors():
        page = open_project(folder, output).history(limit, start)
    rows = [
        (
            version.short,
            f"{version.time.astimezone():%Y-%m-%d %H:%M}",
            version.record.cause.value,
            version.record.name or "",
            version.record.verdict or "",
            "yes" if version.record.snapshot else "",
            version.record.title,
        )
        for version in page.versions
    ]
    output.table(["version", "time", "cause", "name", "verified", "data", "what"], rows)
    if page.next:
        output.line(f"Older ones: backend-generator history {folder} --from {page.next[:10]}")
    versions = [version_facts(version) for version in page.versions]
    output.finish({"versions": versions, "next": page.next})
    return ExitCode.OK


def show_version(
    folder: Path, wanted: str, other: str | None, path: str | None, output: Output
) -> int:
    """What a version changed: against the one before, or against `other`."""
    with project_errors():
        project = open_project(folder, output)
        new = project.find(wanted)
        old = project.find(other) if other else project.before(new)
        if path is not None:
            output.line(project.text_difference(old, new, path).rstrip("\n"))
            output.finish({"difference": project.text_difference(old, new, path)})
            return ExitCode.OK
        found = project.compare(old, new)
    output.field("Version", f"{new.short}  {new.record.title}")
    output.field("Made", f"{new.time.astimezone():%Y-%m-%d %H:%M} by {new.author}")
    output.field("Cause", new.record.cause.value)
    if new.record.making:
        show_making(Making.model_validate(new.record.making), output)
    _show(found, output)
    output.finish({**version_facts(new), **_facts(found)})
    return ExitCode.OK


def name_version(folder: Path, wanted: str, name: str, output: Output) -> int:
    """Give a version a name, or with an empty one take it away."""
    with project_errors():
        project = open_project(folder, output)
        version = project.name(project.find(wanted), name or None)
    output.line(f"{version.short} is called {name}" if name else f"{version.short} has no name")
    output.finish(version_facts(version))
    return ExitCode.OK


def _show(found: Comparison, output: Output) -> None:
    for text in found.changes:
        output.line(f"  {text}")
    if found.unreadable:
        output.line(f"! {found.unreadable}", "yellow")
    for mark, kind in _MARKS:
        for path in getattr(found, kind):
            output.line(f"{mark} {path.encode(errors='replace').decode()}")
    if found.migration:
        output.line("\n-- the migration")
        output.line(found.migration.up)


def _facts(found: Comparison) -> dict[str, object]:
    migration = found.migration
    return {
        "changes": list(found.changes),
        "files": {kind: list(getattr(found, kind)) for _, kind in _MARKS},
        "migration": {"up": migration.up, "down": migration.down} if migration else None,
    }
