"""Clears away what a killed engine left: previews, servers of verifications, half deployments."""

from __future__ import annotations

import subprocess
from pathlib import Path

from local_engine.runtime.own_process import module_command, own_environment

_CLEANUPS = {
    "local_engine.runtime.preview.cleanup": ("previews/*/state.json", "verification-*.in-use"),
    "local_engine.runtime.docker.cleanup": (
        "deployments/*/unfinished.json",
        "deployments/*-verification",
    ),
}
"""What clears something away, and the signs that there is something."""


def clear_leftovers(home: Path) -> bool:
    """Start the clearing away, in processes of their own, if there are signs; gives whether."""
    signalled = [
        cleanup
        for cleanup, signs in _CLEANUPS.items()
        if any(True for sign in signs for _ in home.glob(sign))
    ]
    for cleanup in signalled:
        _start(cleanup, home)
    return bool(signalled)


def _start(cleanup: str, home: Path) -> None:
    subprocess.Popen(
        module_command(cleanup),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=home,
        env=own_environment(),
        start_new_session=True,
    )
