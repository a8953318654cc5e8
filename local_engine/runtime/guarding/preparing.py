"""A fork of the fork server that imports one project's modules, and then forks its commands.

It is a process of its own because what is imported is somebody else's: it may end the process, or
not come to an end. Then all goes on without it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import NoReturn

_PATIENCE_SECONDS = 10.0
_ENOUGH = 64


class Prepared:
    """The other process as the fork server sees it."""

    def __init__(self, pid: int, channel: socket.socket) -> None:
        self._pid = pid
        self._channel = channel
        channel.settimeout(_PATIENCE_SECONDS)

    def fork(self, message: bytes, descriptors: Sequence[int]) -> bytes:
        """Have it fork what is asked for; gives the answer, nothing where it cannot."""
        answer = b""
        with contextlib.suppress(OSError):
            socket.send_fds(self._channel, [message], descriptors)
            answer = self._channel.recv(_ENOUGH)
        if not answer:
            self.end()
        return answer

    def close(self) -> None:
        """Ask no more: that is all to do in another fork."""
        self._channel.close()

    def end(self) -> None:
        """End it. What it has forked lives on."""
        self._channel.close()
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)


def prepare(load: Callable[[], None], serve: Callable[[socket.socket], NoReturn]) -> Prepared:
    """Fork it. There, `load` is to import the modules; `serve` then forks what a channel asks for.

    Neither is called here; what `load` raises ends the other process.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        ours.close()
        _serve_project(load, partial(serve, theirs))
    theirs.close()
    return Prepared(pid, ours)


def _serve_project(load: Callable[[], None], serve: Callable[[], NoReturn]) -> NoReturn:
    gc.disable()
    try:
        load()
    except BaseException:
        os._exit(1)
    if threading.active_count() > 1:  # no fork would have them
        os._exit(1)
    gc.collect()
    gc.freeze()
    gc.enable()
    serve()
