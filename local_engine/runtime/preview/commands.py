"""Runs the short commands of a project: `python -m app migrate`, `users`, ..."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from local_engine.runtime.guarding.forking import Forks, ForkServerEnded
from local_engine.runtime.own_process import module_command
from local_engine.runtime.preview.errors import CommandFailedError, PreviewError

TIMEOUT_SECONDS = 300.0


def run_command(
    project: Path,
    environment: Mapping[str, str],
    *arguments: str,
    standard_input: str = "",
    timeout_seconds: float = TIMEOUT_SECONDS,
    forks: Forks | None = None,
) -> str:
    """Run `python -m app ARGUMENTS` in the project's folder and return its standard output.

    With `forks` it is forked instead of started, which is quicker.
    Raises `CommandFailedError` when it ends with an error, `PreviewError` when it does not end.
    """
    command = " ".join(arguments)
    try:
        if forks is None:
            done = _started(project, environment, arguments, standard_input, timeout_seconds)
        else:
            process = forks.fork_command(project, environment, arguments)
            done = process.communicate(standard_input, timeout_seconds)
    except ForkServerEnded as error:
        raise PreviewError(str(error)) from None
    except subprocess.TimeoutExpired:
        raise PreviewError(
            f"`python -m app {command}` did not end within {timeout_seconds:.0f} s and was killed. "
            "Is the database locked by another program?"
        ) from None
    if done.returncode != 0:
        raise CommandFailedError(command, done.returncode, done.stdout + done.stderr)
    return done.stdout


def _started(
    project: Path,
    environment: Mapping[str, str],
    arguments: Sequence[str],
    standard_input: str,
    timeout_seconds: float,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        module_command("app", *arguments),
        input=standard_input,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        cwd=project,
        env=dict(environment),
        timeout=timeout_seconds,
        check=False,
    )
