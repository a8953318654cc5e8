"""`try`, `keep` and `discard`: a branch to try something out."""

from __future__ import annotations

from pathlib import Path

from local_engine.cli.errors import ExitCode
from local_engine.cli.output import Output
from local_engine.cli.projects import open_project, project_errors, returning


def try_out(folder: Path, name: str, output: Output) -> int:
    """Go on, on a branch of this name."""
    with project_errors():
        branch = open_project(folder, output).try_out(name)
    output.line(f"You are on {branch}: `keep` makes it the main line, `discard` goes back.")
    output.finish({"branch": branch})
    return ExitCode.OK


def keep_trial(folder: Path, output: Output) -> int:
    """Make what was tried the main line."""
    with project_errors():
        project = open_project(folder, output)
        project.keep()
    output.line("Kept: it is the main line now.")
    output.finish({"branch": project.branch})
    return ExitCode.OK


def discard_trial(folder: Path, replace: bool, output: Output) -> int:
    """Go back to the main line."""
    from local_engine.projects.recoverable import KEPT_DAYS

    with project_errors():
        project = open_project(folder, output)
        version = project.head()
        project.discard(returning(replace, output))
    output.line(
        f"Back on the main line. For {KEPT_DAYS} days `restore {version.short}` brings it back."
    )
    output.finish({"branch": project.branch, "discarded": version.id})
    return ExitCode.OK
