"""Processes of this machine by more than their number, which the system gives out again."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

_TOLERANCE_SECONDS = 0.005
_START_TIME = 19  # of /proc/PID/stat, counted after the name of the program
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK") if sys.platform == "linux" else 1


@dataclass(frozen=True)
class ProcessId:
    """A process: its number and when it began, in seconds since a fixed moment."""

    pid: int
    create_time: float

    @classmethod
    def of(cls, pid: int) -> Self:
        """The process that has this number now. Raises `psutil.NoSuchProcess`."""
        return cls(pid, _create_time(psutil.Process(pid)))

    def find(self) -> psutil.Process | None:
        """The process, if it is still alive; never another one with the same number."""
        try:
            process = psutil.Process(self.pid)
            same = abs(_create_time(process) - self.create_time) < _TOLERANCE_SECONDS
            alive = process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return process if same and alive else None


def _create_time(process: psutil.Process) -> float:
    """When a process began: on Linux since the machine did, elsewhere since 1970.

    What psutil tells on Linux moves with the machine's clock when that is set, and a living owner
    would be taken for dead.
    """
    if sys.platform != "linux":
        return process.create_time()
    try:
        status = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        raise psutil.NoSuchProcess(process.pid) from None
    ticks = status.rpartition(")")[2].split()[_START_TIME]
    return int(ticks) / _TICKS_PER_SECOND


def listens(pid: int, port: int) -> bool:
    """Whether this process accepts connections on the port; True where the system won't tell."""
    try:
        connections = psutil.Process(pid).net_connections(kind="tcp")
    except psutil.AccessDenied:
        return True
    except psutil.NoSuchProcess:
        return False
    return any(c.status == psutil.CONN_LISTEN and c.laddr.port == port for c in connections)
