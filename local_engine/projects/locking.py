"""One writer a project, and the cleaning up after a writer that was killed.

The operating system's lock decides, because it is given up however its holder ends; the note
beside it says who holds it, and that somebody did not come to an end.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from local_engine.projects.atomic_file import write_atomically
from local_engine.projects.errors import ProjectBusy
from local_engine.projects.layout import PRIVATE, UNFINISHED
from local_engine.runtime.file_lock import LockTimeoutError, file_lock

_LOCK = "lock"
_NOTE = "writer.json"
_PATIENCE_SECONDS = 0.3


@contextlib.contextmanager
def sole_writer(private: Path, action: str, timeout_seconds: float) -> Iterator[bool]:
    """Hold the project's lock; gives whether the writer before was cut short.

    Raises ProjectBusy when another process does not give it up in time.
    """
    note = private / _NOTE
    try:
        with file_lock(private / _LOCK, timeout_seconds):
            cut_short = note.exists()
            write_atomically(note, json.dumps(_ourselves(action)).encode())
            try:
                yield cut_short
            finally:
                note.unlink(missing_ok=True)
    except LockTimeoutError:
        raise ProjectBusy(
            f"{_holder(note)} is changing this project", hint="wait until it is done"
        ) from None


def _ourselves(action: str) -> dict[str, object]:
    started = psutil.Process().create_time()
    return {"pid": os.getpid(), "started": started, "action": action, "since": time.time()}


def _holder(note: Path) -> str:
    try:
        told = json.loads(note.read_text("utf-8"))
        process = psutil.Process(told["pid"])
        if abs(process.create_time() - told["started"]) < 1:
            return f"process {told['pid']} ({told['action']})"
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        pass
    return "another process"


def remove_leftovers(control: Path) -> None:
    """Remove git's lock files and unfinished files that a writer left in `.git` when it failed.

    That is one that was killed, or had no room: git's library then leaves its locks behind. A lock
    of a git that runs now is given time to go; what goes by itself is left alone.
    """
    for unfinished in (control / PRIVATE / UNFINISHED).glob("*"):
        unfinished.unlink(missing_ok=True)  # ours alone, and we hold the lock
    found = list(_leftovers(control))
    if not found:
        return
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while found and time.monotonic() < deadline:
        time.sleep(0.02)
        found = [(path, stamp) for path, stamp in found if _stamp(path) == stamp]
    for path, stamp in found:
        if _stamp(path) == stamp:
            path.unlink(missing_ok=True)


def _leftovers(control: Path) -> Iterator[tuple[Path, int | None]]:
    places = [*control.glob("*.lock"), *(control / "refs").rglob("*.lock")]
    places += (control / "objects").glob("??/*.lock")
    places += (control / "objects/pack").glob("*.lock")
    places += (control / "objects/pack").glob("tmp_pack_*")
    for path in places:
        yield path, _stamp(path)


def _stamp(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None
