"""Ctrl-C, SIGTERM and a closed terminal end a command in good order, and only once.

The first signal raises KeyboardInterrupt, on which everything that was started is taken back. That
may take a few seconds; signals that come meanwhile must not cut it short, or something would be
left behind.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

_STOPPING = b"\nStopping what was started; this takes a few seconds ...\n"
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")

_came: list[int] = []


def install() -> None:
    """Take over the signals; what was set to be ignored (`nohup`) stays ignored."""
    for name in _SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _handle)


def exit_code() -> int:
    """What the process answers after an interruption: 128 + the signal, as in a shell."""
    return 128 + (_came[0] if _came else signal.SIGINT)


def _handle(number: int, _frame: FrameType | None) -> None:
    first = not _came
    _came.append(number)
    if sys.stderr.isatty() or not first:
        os.write(2, _STOPPING)
    if first:
        raise KeyboardInterrupt
