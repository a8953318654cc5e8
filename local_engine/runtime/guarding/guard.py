"""Runs one command and ends it when whoever asked for it is gone. Standard library only.

The first line of standard input is a JSON object: `command`, `folder`, `environment`, and
`afterwards`: null, or `command` and `environment` of what to run after the asker died. Then each
line is an order, `stop` or `kill`, and the end of the input means that the asker died, however it
died: the command's whole process group is then gone within `ORPHAN_SECONDS` and a little. SIGTERM
means `stop`.

The command's output goes to our standard output. Its process id is the one line on our standard
error. Our exit code is the command's, or 128 + the signal that ended it, as in a shell.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any, Protocol

STOP_SECONDS = 10.5  # the project has ten seconds to finish what it is doing
ORPHAN_SECONDS = 1.0


Request = dict[str, Any]


class Child(Protocol):
    """A process of ours that leads a session of its own."""

    pid: int

    def wait(self) -> int:
        """Its exit code once it has ended; that of a signal is negative."""


def started(request: Request) -> Child:
    """Start the command that is asked for."""
    return subprocess.Popen(
        request["command"],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        cwd=request["folder"],
        env=request["environment"],
        start_new_session=True,
        preexec_fn=die_with_parent if sys.platform == "linux" else None,
    )


class Guard:
    """The running command and the ways to end it."""

    def __init__(self, request: Request, start: Callable[[Request], Child] = started) -> None:
        self.afterwards: Request | None = request["afterwards"]
        self.orphaned = False
        self.child = start(request)

    def follow_orders(self) -> None:
        """Carry out what standard input says, until it ends."""
        for order in iter(_read_line, b""):
            if order == b"kill":
                self.signal_all("SIGKILL")
            elif order == b"stop":
                self.stop(STOP_SECONDS)
        self.orphaned = True
        self.stop(ORPHAN_SECONDS)

    def stop(self, patience_seconds: float) -> None:
        """Ask the command to end; insist when it has not done so in time."""
        self.signal_all("SIGTERM")
        insist = threading.Timer(patience_seconds, self.signal_all, ["SIGKILL"])
        insist.daemon = True
        insist.start()

    def signal_all(self, name: str) -> None:
        """Send a signal to the command and everything that it has started."""
        if sys.platform == "win32":
            os.kill(self.child.pid, signal.SIGTERM)
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.child.pid, getattr(signal, name))

    def wait(self) -> int:
        """Wait for the end of the command, then end what it has left behind."""
        if hasattr(os, "waitid"):  # does not free the process id yet: it is the group's name
            os.waitid(os.P_PID, self.child.pid, os.WEXITED | os.WNOWAIT)
            self.signal_all("SIGKILL")
        code = self.child.wait()
        return code if code >= 0 else 128 - code


def die_with_parent() -> None:
    """Have Linux kill this process when the guard dies without being able to do anything."""
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _read_line() -> bytes:
    """One line of standard input without its end; empty at the end of the input."""
    line = b""
    while (byte := os.read(0, 1)) not in (b"", b"\n"):
        line += byte
    return line


def main(start: Callable[[Request], Child] = started) -> int:
    """Run the command that standard input asks for; see above."""
    guard = Guard(json.loads(_read_line()), start)
    os.write(2, f"{guard.child.pid}\n".encode())
    os.dup2(1, 2)  # the asker waits for the end of our standard error
    signal.signal(signal.SIGTERM, lambda *_: guard.stop(STOP_SECONDS))
    threading.Thread(target=guard.follow_orders, daemon=True).start()
    code = guard.wait()
    if guard.orphaned and guard.afterwards:
        subprocess.Popen(
            guard.afterwards["command"],
            stdin=subprocess.DEVNULL,
            env=guard.afterwards["environment"],
            start_new_session=True,
        )
    return code


if __name__ == "__main__":
    sys.exit(main())
