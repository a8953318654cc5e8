"""The server's process: how it is found again, started, watched and ended.

PostgreSQL writes its process id into `postmaster.pid`. A number alone proves nothing (it may
belong to somebody else by now), so a process counts as the server only while it also works in the
data folder.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from local_engine.runtime.postgres.account import Account

_POLL_SECONDS = 0.004
_PID_LINE, _PORT_LINE, _STATUS_LINE = 0, 3, 7

# Children of this process are kept so that they are reaped when they end.
_children: dict[int, subprocess.Popen[bytes]] = {}

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_children.clear)  # a fork has other children


def running_process(data: Path) -> psutil.Process | None:
    """The server that works in this data folder; None when there is none."""
    lines = _pid_file_lines(data)
    if not lines:
        return None
    try:
        process = psutil.Process(int(lines[_PID_LINE]))
    except (psutil.NoSuchProcess, ValueError):
        return None
    return process if _is_alive(process) and _works_in(process, data) else None


def listening_port(data: Path) -> int | None:
    """The port that the running server's file names; None when there is no such file."""
    lines = _pid_file_lines(data)
    return int(lines[_PORT_LINE]) if len(lines) > _PORT_LINE else None


def launch(
    command: list[str], account: Account | None, log: Path, data: Path
) -> subprocess.Popen[bytes]:
    """Start the server, apart from our terminal and our signals, its messages going to `log`."""
    identity = {} if account is None else account.identity
    with log.open("ab") as messages:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=messages,
            stderr=messages,
            cwd=data.anchor,
            env=environment(),
            start_new_session=True,
            **identity,
        )
    _children[process.pid] = process
    return process


def wait_until_ready(
    process: subprocess.Popen[bytes], data: Path, timeout_seconds: float
) -> bool | None:
    """True when the server accepts connections, False when it ended, None when time is up."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        lines = _pid_file_lines(data)
        written = len(lines) > _STATUS_LINE and lines[_PID_LINE].strip() == str(process.pid)
        if written and lines[_STATUS_LINE].strip() == "ready":
            return True
        if process.poll() is not None:
            _children.pop(process.pid, None)
            return False
        time.sleep(_POLL_SECONDS)
    return None


def environment() -> dict[str, str]:
    """What the PostgreSQL programs see of our environment: no secret, no PG... variable."""
    kept = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")
    chosen = {name: os.environ[name] for name in kept if name in os.environ}
    return {**chosen, "LC_ALL": "C", "TZ": "UTC"}


def end(process: psutil.Process, *, at_once: bool = False) -> None:
    """End the server: open transactions are rolled back; `at_once` also skips the checkpoint."""
    steps = [("SIGQUIT", 5.0), ("SIGKILL", 5.0)]
    if not at_once:
        steps.insert(0, ("SIGINT", 20.0))
    for name, patience in steps:
        try:
            # Windows knows none of these signals; ending the process there needs recovery later.
            process.send_signal(getattr(signal, name, signal.SIGTERM))
        except psutil.NoSuchProcess:
            return
        if _wait_gone(process, patience):
            return


def end_leftovers(data: Path) -> None:
    """End what a killed server has left working in its data folder, and remove its lock files.

    Such processes still write there. The files name its process id, which by now may belong to
    somebody else, or still to the dead server where nobody reaps the dead (in a container, say).
    """
    if not (data / "postmaster.pid").exists():
        return
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.cwd() == str(data):
                process.kill()
                _wait_gone(process, 5.0)
        except psutil.Error:
            continue
    for stale in (*data.parent.glob(".s.PGSQL.*"), data / "postmaster.pid"):
        stale.unlink(missing_ok=True)


def _pid_file_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _wait_gone(process: psutil.Process, patience_seconds: float) -> bool:
    deadline = time.monotonic() + patience_seconds
    while _is_alive(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _is_alive(process: psutil.Process) -> bool:
    child = _children.get(process.pid)
    if child is not None and child.poll() is not None:
        del _children[process.pid]
        return False
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _works_in(process: psutil.Process, data: Path) -> bool:
    try:
        if sys.platform == "win32":
            return process.name().startswith("postgres")
        return process.cwd() == str(data)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:  # somebody else's process: not the one we started
        return False
