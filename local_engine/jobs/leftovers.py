"""Clears away what a killed engine left: previews, servers of verifications."""

from __future__ import annotations

import subprocess
from pathlib import Path

from local_engine.runtime.own_process import module_command, own_environment

_CLEANUP = "local_engine.runtime.preview.cleanup"
_SIGNS = ("previews/*/state.json", "verification-*.in-use")


def clear_leftovers(home: Path) -> bool:
    """Start the clearing away, in a process of its own, if there are signs; gives whether."""
    if not any(True for sign in _SIGNS for _ in home.glob(sign)):
        return False
    subprocess.Popen(
        module_command(_CLEANUP),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=home,
        env=own_environment(),
        start_new_session=True,
    )
    return True
