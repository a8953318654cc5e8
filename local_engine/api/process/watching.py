"""Notices that whoever started the engine is gone."""

from __future__ import annotations

import os
import stat
import sys
import threading
from collections.abc import Callable

_PAUSE_SECONDS = 0.25


def watch_starter(on_end: Callable[[str], None]) -> None:
    """Call `on_end` with a reason, once or twice, when standard input or the parent has ended.

    Standard input counts only if it is a pipe or a socket: there is somebody at its other end.
    """
    if _stdin_leads_to_somebody():
        threading.Thread(target=_watch_stdin, args=[on_end], daemon=True, name="stdin").start()
    threading.Thread(target=_watch_parent, args=[on_end], daemon=True, name="parent").start()


def _stdin_leads_to_somebody() -> bool:
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _watch_stdin(on_end: Callable[[str], None]) -> None:
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    on_end("standard input ended")


def _watch_parent(on_end: Callable[[str], None]) -> None:
    parent = os.getppid()
    while _lives(parent):
        threading.Event().wait(_PAUSE_SECONDS)
    on_end(f"the parent process {parent} ended")


if sys.platform == "win32":

    def _lives(parent: int) -> bool:
        import psutil

        return psutil.pid_exists(parent)

else:

    def _lives(parent: int) -> bool:
        return os.getppid() == parent  # an orphan gets another one
