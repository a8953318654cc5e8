"""An environment that is fit for programs that are not ours."""

from __future__ import annotations

import sys
from collections.abc import MutableMapping

_LIBRARIES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LIBPATH")


def restore_library_paths(environment: MutableMapping[str, str]) -> None:
    """Undo what the frozen program's start did to the search path for shared libraries.

    The start sets it to the program's own libraries and keeps the former value under another name
    (PyInstaller, "LD_LIBRARY_PATH considerations"): git, docker or a browser would load ours
    instead of theirs. This process has read it already, so only its children are concerned.
    """
    frozen = bool(getattr(sys, "frozen", False))
    for name in _LIBRARIES:
        before = environment.pop(f"{name}_ORIG", None)
        if before is not None:
            environment[name] = before
        elif frozen:
            environment.pop(name, None)
