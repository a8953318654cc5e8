"""Which processes carry out jobs: each holds a lock for as long as it lives.

The operating system gives the lock up when its holder ends, however it ends. So whoever looks sees
at once which jobs will never come to an end by themselves, on every system, and no matter which
process has the holder's number by now.
"""

from __future__ import annotations

import contextlib
import re
import uuid
from pathlib import Path

from local_engine.runtime.file_lock import LockTimeoutError, file_lock
from local_engine.runtime.private_files import make_private_folder

_FOLDER = "runners"
_ID = re.compile(r"[0-9a-f]{32}")


class Runner:
    """This process, as one that carries out jobs of a data folder."""

    def __init__(self, home: Path) -> None:
        """Raises `OSError`."""
        self.id = uuid.uuid4().hex
        self._path = make_private_folder(home / _FOLDER) / self.id
        self._held = contextlib.ExitStack()
        lock = file_lock(self._path, timeout_seconds=0.0, shared_with_forks=False)
        self._held.enter_context(lock)

    def end(self) -> None:
        """Carry out no more jobs."""
        self._held.close()
        self._path.unlink(missing_ok=True)


def is_alive(home: Path, runner: str | None) -> bool:
    """Whether the process of this id lives; what it left is removed if not."""
    if runner is None or not _ID.fullmatch(runner):
        return False
    path = home / _FOLDER / runner
    if not path.exists():
        return False
    try:
        with file_lock(path, timeout_seconds=0.0):
            pass
    except LockTimeoutError:
        return True
    with contextlib.suppress(OSError):
        path.unlink()
    return False
