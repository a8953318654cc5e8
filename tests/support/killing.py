"""For tests that kill processes: start one of our own, wait for things to happen."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import psutil

from local_engine.runtime.own_process import own_environment


@contextlib.contextmanager
def python(code: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A Python program that can import our packages; killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=own_environment(),
    )
    with process:
        yield process
        process.kill()


def line_of(process: subprocess.Popen[str]) -> str:
    """The next line that the program prints, without its end; fails when it ended instead."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "the program ended without printing"
    return line.rstrip("\n")


def eventually(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition becomes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def alive(pid: int) -> bool:
    """Whether a process with this number runs; one that only waits to be reaped does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
