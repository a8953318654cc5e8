"""Ending a process in order without taking the interpreter apart. Standard library only."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from typing import NoReturn

_LOST_OUTPUT = 120  # Python's own exit code for it


def leave(code: int) -> NoReturn:
    """Wait for threads, do what is registered for the end, and leave the memory to the system.

    An interpreter that takes a thousand modules apart needs 0.2 s. In a fork it also touches all
    that it shares with the process that it was forked from, and each page is copied then: 70 ms
    instead of 10.
    """
    getattr(threading, "_shutdown")()  # noqa: B009 - as multiprocessing ends its forks
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        if stream is None:  # closed before Python began, or there is no console
            continue
        try:
            stream.flush()
        except ValueError:  # closed already
            continue
        except OSError:
            code = code or _LOST_OUTPUT
    os._exit(code)
