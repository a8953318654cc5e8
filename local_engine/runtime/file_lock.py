"""A lock between processes and threads, held through a file.

The operating system gives the lock up when its holder ends, however it ends, so nothing is left
behind by a crash.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PAUSE_SECONDS = 0.01


class LockTimeoutError(TimeoutError):
    """Another process held the lock for longer than one was willing to wait."""


_unshared: set[int] = set()


@contextmanager
def file_lock(
    path: Path, timeout_seconds: float = 60.0, *, shared_with_forks: bool = True
) -> Iterator[None]:
    """Hold the lock of this file while the block runs; the file is created and stays.

    Processes that are forked off meanwhile hold it, too, until they end; unless it is not to be
    `shared_with_forks`. Not reentrant. Raises `LockTimeoutError` when it is not free in time.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + timeout_seconds
        while not _try_lock(descriptor):
            if time.monotonic() > deadline:
                raise LockTimeoutError(
                    f"{path} is locked by another process for more than {timeout_seconds:.0f} s. "
                    "Wait until that process has finished, or end it, then try again."
                )
            time.sleep(_PAUSE_SECONDS)
        if not shared_with_forks:
            _unshared.add(descriptor)
        yield
    finally:
        _unshared.discard(descriptor)
        os.close(descriptor)


def _let_go() -> None:
    """In a forked process: give up its part of the locks that are its parent's alone."""
    while _unshared:
        os.close(_unshared.pop())


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        # flock belongs to the open file, not to the process: it holds between threads as well.
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
