"""Whether this machine has what is needed, and what to do if not."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

NEEDED_BYTES = 500 * 1024**2


@dataclass(frozen=True)
class Finding:
    """One thing looked at: a `needed` one that is not `ok` keeps projects from running."""

    name: str
    ok: bool
    needed: bool
    text: str
    advice: str = ""


def examine() -> Iterator[Finding]:
    """Look at one thing after the other; PostgreSQL is really started (a second)."""
    for look in (_python, _folder, _space, _postgresql, _docker):
        yield look()


def _python() -> Finding:
    text = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    advice = "Install Python 3.11 or newer."
    return Finding("Python", sys.version_info >= (3, 11), True, text, advice)


def _folder() -> Finding:
    from local_engine.runtime.home import VARIABLE, engine_home

    try:
        home = engine_home()
    except OSError as failure:
        advice = f"Set {VARIABLE} to a folder that you may write to."
        return Finding("data folder", False, True, str(failure), advice)
    return Finding("data folder", os.access(home, os.W_OK), True, str(home), "Make it writable.")


def _space() -> Finding:
    from local_engine.runtime.home import engine_home

    free = shutil.disk_usage(engine_home()).free
    text = f"{free / 1024**3:.1f} GiB free"
    return Finding("disk", free >= NEEDED_BYTES, True, text, "Free at least 0.5 GiB.")


def _postgresql() -> Finding:
    from local_engine.runtime.postgres import PostgresError, temporary_server

    def attempt() -> str:
        with temporary_server() as server:
            return f"PostgreSQL starts (tried on port {server.port})"

    return _tried("PostgreSQL", attempt, PostgresError)


def _tried(name: str, attempt: Callable[[], str], failure_type: type[Exception]) -> Finding:
    try:
        return Finding(name, True, True, attempt())
    except (failure_type, OSError) as failure:
        first, _, rest = str(failure).partition("\n")
        return Finding(name, False, True, first, rest or "See the words above.")


def _docker() -> Finding:
    from local_engine.runtime.docker.detecting import EngineState, look

    found = look()
    ready = found.state is EngineState.READY
    advice = found.advice if ready else f"{found.advice} Previews need none.".strip()
    return Finding("Docker", ready, False, found.text, advice)
