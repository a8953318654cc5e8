"""`try`, `keep` and `discard`: a branch to try something out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output
from local_engine.cli.projects import open_project, project_errors
from local_engine.cli.restoring import bring_back

if TYPE_CHECKING:
    from local_engine.projects import Project


def try_out(folder: Path, name: str, output: Output) -> int:
    """Go on, on a branch of this name."""
    with project_errors():
        branch = open_project(folder, output).try_out(name)
    return _going_on(branch, output)


def recover_trial(folder: Path, name: str, replace: bool, output: Output) -> int:
    """Have back the trial of this name that was discarded last."""
    with project_errors():
        project = open_project(folder, output)
        found = next((one for one in project.discarded() if one.name == name), None)
    if found is None:
        raise CommandError(f"no trial called {name!r} was discarded", hint=_others(project))
    bring_back(folder, "trial", found.commit.decode(), replace, "preview", output)
    return _going_on(project.branch, output)


def _others(project: Project) -> str:
    names = list(dict.fromkeys(one.name for one in project.discarded()))
    return f"what can be had back: {', '.join(names)}" if names else "none is kept"


def _going_on(branch: str, output: Output) -> int:
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
        name = project.trial
    bring_back(folder, "main", None, replace, "preview", output)
    with project_errors():
        discarded = next(one for one in project.discarded() if one.name == name)
    output.line(
        f"Back on the main line. For {KEPT_DAYS} days `try {name} --recover` brings it back."
    )
    output.finish({"branch": project.branch, "discarded": discarded.commit.decode()})
    return ExitCode.OK
