"""`conflicts` and `resolve`: a generation that waits for decisions."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output
from local_engine.cli.projects import open_project, outcome_facts, project_errors, show_outcome

if TYPE_CHECKING:
    from local_engine.projects import Conflict, Outcome, Project
    from local_engine.projects.trees import Entry

TAKES = ("mine", "generated", "proposed")


def show_conflicts(folder: Path, output: Output) -> int:
    """Each open conflict: both changes since the common base, and what we would take."""
    with project_errors():
        project = open_project(folder, output)
        pending = project.pending() if project.exists else None
    conflicts = pending.conflicts if pending else ()
    for conflict in conflicts:
        _show(project, conflict, output)
    if not conflicts:
        output.line("No conflicts.")
    else:
        output.field("Next", f"backend-generator resolve PATH --take {'|'.join(TAKES)}")
    output.finish({"conflicts": [_facts(project, conflict) for conflict in conflicts]})
    return ExitCode.OK


@dataclass(frozen=True)
class Decision:
    """What was decided: a side to take or a file with the content; for one path, or for all."""

    path: str | None
    take: str | None
    file: Path | None
    abandon: bool


def resolve_conflicts(folder: Path, decision: Decision, output: Output) -> int:
    """Decide on one conflict or on all; the last decision completes the generation."""
    with project_errors():
        project = open_project(folder, output)
        if decision.abandon:
            project.abandon()
            output.line("Given up; your files are as they were.")
            output.finish({"abandoned": True})
            return ExitCode.OK
        outcome = _decide(project, decision)
    code = show_outcome(outcome, folder, output)
    if outcome.version:
        output.line(f"Done: version {outcome.version.short}")
    output.finish(outcome_facts(outcome))
    return code


def _decide(project: Project, decision: Decision) -> Outcome:
    if decision.path is None and decision.take is None:
        return project.complete()
    if decision.path is None:
        return project.resolve_all(_side(decision.take))
    try:
        if decision.file is not None:
            return project.resolve_with(decision.path, decision.file.read_bytes())
        return project.resolve(decision.path, _side(decision.take))
    except KeyError:
        raise CommandError(
            f"nothing is to be decided about {decision.path}",
            hint="`conflicts` lists what is",
            code=ExitCode.USAGE,
        ) from None


def _side(take: str | None) -> Callable[[Conflict], Entry | None]:
    sides: dict[str | None, Callable[[Conflict], Entry | None]] = {
        "mine": lambda conflict: conflict.ours,
        "generated": lambda conflict: conflict.theirs,
        "proposed": lambda conflict: conflict.proposed,
    }
    if take not in sides:
        raise CommandError(
            f"--take must be one of {', '.join(TAKES)}", hint="or give --file", code=ExitCode.USAGE
        )
    return sides[take]


def _show(project: Project, conflict: Conflict, output: Output) -> None:
    state = "resolved" if conflict.resolved else "open"
    output.line(f"{conflict.path}: {conflict.kind} ({state})", "bold")
    base = project.content_of(conflict.base)
    for label, side in (("yours", conflict.ours), ("generated", conflict.theirs)):
        output.line(_difference(base, project.content_of(side), label))
    output.line(f"  proposed: {conflict.reason}")


def _difference(base: bytes | None, side: bytes | None, label: str) -> str:
    if side is None:
        return f"  {label}: not there"
    if b"\0" in side or b"\0" in (base or b""):
        return f"  {label}: {len(side)} bytes, not text"
    before, after = (
        (content or b"").decode(errors="replace").splitlines() for content in (base, side)
    )
    return "\n".join(difflib.unified_diff(before, after, "before", label, lineterm="", n=2))


def _facts(project: Project, conflict: Conflict) -> dict[str, object]:
    sides = ("base", "ours", "theirs", "proposed")
    contents = {side: project.content_of(getattr(conflict, side)) for side in sides}
    return {
        "path": conflict.path,
        "kind": conflict.kind,
        "reason": conflict.reason,
        "resolved": conflict.resolved,
        **{
            side: None if content is None else content.decode(errors="replace")
            for side, content in contents.items()
        },
    }
