"""Commands as a person starts them, on a terminal or piped, and interrupts them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import subprocess
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
from engine_process import command_line
from plain_signals import heed_interruptions, ignore_interruptions
from repository_rules import ROOT

CONTROL_C = b"\x03"
PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Interrupted:
    """How a command ended: its exit code and everything that it printed."""

    code: int
    text: str


class Command:
    """A running command; its output is read all the time, so that it never waits for us."""

    def __init__(
        self,
        *arguments: str,
        folder: Path,
        home: Path,
        terminal: bool,
        columns: int = 120,
        heeding: bool = True,
    ) -> None:
        """Without `heeding`, Ctrl-C is ignored, as a script's `&` has it."""
        command = [*command_line(), *arguments]
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "BACKEND_GENERATOR_HOME": str(home),
            "TERM": "xterm",
            "COLUMNS": str(columns),
        }
        self._terminal = terminal
        self.text = ""
        if terminal:
            self._output, inside = pty.openpty()
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=inside,
                stdout=inside,
                stderr=inside,
                start_new_session=True,
                preexec_fn=_take_terminal,
            )
            os.close(inside)
        else:
            self._output, inside = os.pipe()
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=inside,
                stderr=inside,
                start_new_session=True,
                preexec_fn=heed_interruptions if heeding else ignore_interruptions,
            )
            os.close(inside)

    def wait_for(self, happened: Callable[[], bool]) -> None:
        """Read on until something has happened; fails when the command ends before."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not happened():
            assert self._process.poll() is None, f"it ended before:\n{self.text}"
            assert time.monotonic() < deadline, f"it did not come so far:\n{self.text}"
            self._read(0.02)

    def wait_for_text(self, text: str) -> None:
        """Read on until this was printed."""
        self.wait_for(lambda: text in self.text)

    def let_run(self, seconds: float) -> None:
        """Read on for some time."""
        until = time.monotonic() + seconds
        self.wait_for(lambda: time.monotonic() > until)

    def interrupt(self) -> None:
        """Ctrl-C on the terminal; without one, SIGINT for the whole group as a shell sends it."""
        if self._terminal:
            os.write(self._output, CONTROL_C)
        else:
            os.killpg(self._process.pid, signal.SIGINT)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the command alone."""
        self._process.send_signal(number)

    def type(self, text: str) -> None:
        """Type on the terminal."""
        os.write(self._output, text.encode())

    def end(self) -> Interrupted:
        """Wait for the end."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._process.poll() is None:
            if time.monotonic() > deadline:
                self._process.kill()
                raise AssertionError(f"it did not end:\n{self.text}")
            self._read(0.05)
        while self._read(0.05):
            pass
        os.close(self._output)
        return Interrupted(self._process.returncode, self.text)

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._output], [], [], seconds)
        if not ready:
            return False
        with contextlib.suppress(OSError):  # the other end of a terminal has gone
            data = os.read(self._output, 65536)
            self.text += data.decode(errors="replace")
            return bool(data)
        return False


def processes_of(home: Path) -> list[str]:
    """The processes that work for this data folder: command lines."""
    found = []
    for process in psutil.process_iter(["pid", "cmdline", "cwd", "environ", "status"]):
        facts = process.info
        told = [*(facts["cmdline"] or ()), facts["cwd"] or "", *(facts["environ"] or {}).values()]
        alive = facts["status"] != psutil.STATUS_ZOMBIE and facts["pid"] != os.getpid()
        if alive and any(str(home) in text for text in told):
            found.append(" ".join(facts["cmdline"] or ()))
    return found


def _take_terminal() -> None:
    heed_interruptions()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
