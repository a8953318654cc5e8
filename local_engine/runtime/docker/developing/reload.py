"""Runs a module of Python, and runs it anew whenever a Python file of a folder has changed.

`python reload.py FOLDER MODULE ARGUMENT...`, in a container of the project's own image: nothing but
the standard library. What does not change, the libraries, is imported once; each run is a fork. The
folder is looked at again and again, because a mounted folder tells of changes on few systems only.
Where a run ends by itself, so does this, until the first change: from then on somebody is working,
and it runs again after the next one; its last words are in the log.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import os
import runpy
import signal
import sys
import time
import traceback
from pathlib import Path

PAUSE_SECONDS = 0.1
GRACE_SECONDS = 6.0
LIBRARIES = ("fastapi", "pydantic_settings", "psycopg_pool", "uvicorn", "uvloop", "argon2", "jwt")

State = dict[str, tuple[int, int]]


class Run:
    """One run of the module, in a process of its own."""

    def __init__(self, module: str, arguments: list[str]) -> None:
        self._code: int | None = None
        self._pid = os.fork()
        if self._pid == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            sys.argv = [module, *arguments]
            os._exit(_carried_out(module))

    def ended(self) -> int | None:
        """Its exit code, once it has ended."""
        if self._code is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
        return self._code

    def end(self) -> None:
        """Ask it to end, and end it where it does not."""
        deadline = time.monotonic() + GRACE_SECONDS
        number = signal.SIGTERM
        while self.ended() is None:
            os.kill(self._pid, number)
            if time.monotonic() > deadline:
                number = signal.SIGKILL
            time.sleep(0.02)


def _carried_out(module: str) -> int:
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def state_of(folder: Path) -> State:
    """Time and size of each Python file; one that goes away meanwhile is passed over."""
    found: State = {}
    for path in folder.rglob("*.py"):
        with contextlib.suppress(OSError):
            facts = path.stat()
            found[str(path)] = (facts.st_mtime_ns, facts.st_size)
    return found


def forget_compiled(before: State, after: State) -> None:
    """Remove what was compiled of files that have changed.

    Python compares times in whole seconds, so two of equal length within one are the same to it.
    """
    for path in {path for path, _ in before.items() ^ after.items()}:
        with contextlib.suppress(OSError):
            Path(importlib.util.cache_from_source(path)).unlink()


def run(folder: Path, module: str, arguments: list[str]) -> int:
    """Go on until SIGTERM; gives the exit code."""
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: asked.append(number))
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    # Compiled modules go where something may be written, so that a run compiles what changed.
    sys.dont_write_bytecode, sys.pycache_prefix = False, "/tmp/pycache"  # noqa: S108 - in a container
    gc.freeze()
    changes = 0
    while not asked:
        before, one, told = state_of(folder), Run(module, arguments), False
        while not asked and state_of(folder) == before:
            time.sleep(PAUSE_SECONDS)
            code = one.ended()
            if code is None or told:
                continue
            if not changes:
                return code
            told = True
            say("It has ended, and starts anew when the code changes.")
        changes += 1
        one.end()
        forget_compiled(before, state_of(folder))
        if not asked:
            say("The code has changed: starting anew.")
    return 0


def say(line: str) -> None:
    """Write a line into the log."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(run(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
