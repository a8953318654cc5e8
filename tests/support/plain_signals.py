"""Processes that are started as from a shell's prompt, whoever runs the tests.

A runner in the background, or under `nohup`, hands down that SIGINT and SIGHUP are ignored; what
it starts would then rightly not be interrupted by them.
"""

from __future__ import annotations

import signal

_INTERRUPTIONS = ("SIGINT", "SIGHUP")


def heed_interruptions() -> None:
    """For `preexec_fn`: let the new process take the signals that end it as they are by default."""
    for name in _INTERRUPTIONS:
        if number := getattr(signal, name, None):
            signal.signal(number, signal.SIG_DFL)


def ignore_interruptions() -> None:
    """For `preexec_fn`: let the new process ignore them, as a script's `&` and `nohup` do."""
    for name in _INTERRUPTIONS:
        if number := getattr(signal, name, None):
            signal.signal(number, signal.SIG_IGN)
