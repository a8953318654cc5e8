"""Ctrl-C, SIGTERM and a closed terminal end a command in good order, and only once.

The first signal raises KeyboardInterrupt, on which everything that was started is taken back. That
may take a few seconds; signals that come meanwhile must not cut it short, or something would be
left behind.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from types import FrameType

_STOPPING = b"\nStopping what was started; this takes a few seconds ...\n"
_MOMENT_SECONDS = 0.02
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")

_came: list[int] = []
_called_off: list[bool] = []


def install() -> None:
    """Take over the signals; what was set to be ignored (`nohup`) stays ignored."""
    for name in _SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _handle)
    sys.unraisablehook = _heed
    # A query that is cut short ends with its connection; psycopg would tell people of that.
    logging.getLogger("psycopg").addHandler(logging.NullHandler())


def exit_code() -> int:
    """What the process answers after an interruption: 128 + the signal, as in a shell."""
    return 128 + (_came[0] if _came else signal.SIGINT)


def call_off() -> None:
    """End the command as Ctrl-C does, from another thread; somebody else asked for it."""
    wanted = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    heeded = [number for number in wanted if signal.getsignal(number) is _handle]
    if not heeded:
        return
    _called_off.append(True)
    if sys.platform == "win32":
        signal.raise_signal(heeded[0])
    else:  # what the main thread waits for has to end, so it has to get the signal itself
        identity = threading.main_thread().ident
        assert identity is not None
        signal.pthread_kill(identity, heeded[0])


def reason() -> str | None:
    """Why the command was interrupted; None if a person wanted it."""
    if _called_off or not _came or _came[0] == signal.SIGINT:
        return None
    return f"the command was ended by {signal.Signals(_came[0]).name}"


def _handle(number: int, _frame: FrameType | None) -> None:
    first = not _came
    _came.append(number)
    if sys.stderr.isatty() or not first:
        os.write(2, _STOPPING)
    if first:
        raise KeyboardInterrupt


def _heed(ignored: sys.UnraisableHookArgs) -> None:
    """Interrupt once more where Python lets nothing through: in the end of an object, say."""
    if issubclass(ignored.exc_type, KeyboardInterrupt) and _came:
        number = _came[0]
        _came.clear()
        # Raised in here it would be ignored again: so a moment later, by another thread.
        threading.Timer(_MOMENT_SECONDS, os.kill, [os.getpid(), number]).start()
    else:
        sys.__unraisablehook__(ignored)
