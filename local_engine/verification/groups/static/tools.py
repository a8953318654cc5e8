"""What the linter and the type checker say."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import platformdirs

from local_engine.verification.checks import Check, CheckFailed, SetUpFailed
from local_engine.verification.context import Context

_SECONDS = 120
_SHOWN = 12


@dataclass(frozen=True)
class Tool:
    """A program that prints findings, one a line: exit code 0 means none, 1 some."""

    name: str
    sentence: str
    arguments: tuple[str, ...]


def _tools() -> tuple[Tool, ...]:
    return (
        Tool(
            "lint",
            "ruff finds nothing.",
            ("ruff", "check", "--no-cache", "--quiet", "--output-format", "concise", "."),
        ),
        Tool(
            "format", "Every file is formatted.", ("ruff", "format", "--no-cache", "--check", ".")
        ),
        Tool(
            "types",
            "mypy --strict finds nothing.",
            ("mypy", "--strict", "--no-error-summary", "app"),
        ),
    )


def checks() -> Iterator[Check]:
    """One check a tool."""
    for tool in _tools():
        yield Check(f"static.{tool.name}", tool.sentence, partial(_judge, tool))


def _mypy_cache() -> str:
    """A folder of this user, or what mypy knows as none where such a folder cannot be made."""
    folder = platformdirs.user_cache_path("backend-generator") / "mypy"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return os.devnull
    return str(folder) if os.access(folder, os.W_OK) else os.devnull


def _run(tool: Tool, project: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *tool.arguments],
        cwd=project,
        env={**os.environ, "MYPY_CACHE_DIR": _mypy_cache()},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )


def _judge(tool: Tool, context: Context) -> None:
    try:
        done = _run(tool, context.controls.project)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SetUpFailed(f"{tool.arguments[0]} could not be run: {error}") from error
    if done.returncode not in (0, 1):
        raise SetUpFailed(f"{tool.arguments[0]} could not be run: {done.stderr}")
    if done.returncode == 1 and "No module named" in done.stderr:
        raise SetUpFailed(f"{tool.arguments[0]} is not installed beside this program")
    if done.returncode == 1:
        lines = [line for line in done.stdout.splitlines() if line.strip()]
        more = f"\n... and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
        raise CheckFailed("no finding", "\n".join(lines[:_SHOWN]) + more)
