"""How to start another Python process with the packages of this one.

Generated projects and our own helper processes run in the environment that the engine runs in, so
that neither needs an installation of its own.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import local_engine

_ROOT = Path(local_engine.__file__).parent.parent


def module_command(module: str, *arguments: str) -> list[str]:
    """The command that runs a module with this interpreter."""
    return [sys.executable, "-m", module, *arguments]


def script_command(script: Path) -> list[str]:
    """The command that runs a script that needs the standard library only: starts in 15 ms."""
    return [sys.executable, "-I", "-S", str(script)]


def own_environment() -> dict[str, str]:
    """The environment for helper processes, which must find our own modules."""
    known = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(_ROOT), known)))}
