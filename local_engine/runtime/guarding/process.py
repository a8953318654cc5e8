"""The guard of a command as its asker sees it: a process that was started, or forked."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import IO, Protocol

from local_engine.runtime.guarding import guard
from local_engine.runtime.own_process import own_environment, script_command


class GuardProcess(Protocol):
    """A guard that runs. Its streams are used as `guard` says."""

    @property
    def pid(self) -> int:
        """Its process id."""

    @property
    def stdin(self) -> IO[bytes] | None:
        """What it reads: its request, then orders."""

    @property
    def stdout(self) -> IO[bytes] | None:
        """What the command writes."""

    @property
    def stderr(self) -> IO[bytes] | None:
        """The command's process id."""

    def poll(self) -> int | None:
        """Its exit code, None while it lives."""

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code once it has ended; raises `subprocess.TimeoutExpired`."""

    def kill(self) -> None:
        """End it at once; the command ends with it."""


StartGuard = Callable[[], GuardProcess]


def start_guard() -> GuardProcess:
    """Start a guard as a program of its own; takes 15 ms."""
    return subprocess.Popen(
        script_command(Path(guard.__file__)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=own_environment(),
        start_new_session=True,
    )
