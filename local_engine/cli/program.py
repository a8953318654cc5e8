"""Commands to paste: this program as it was called, and folders as short as they can be said."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

CALLED_AS = "BACKEND_GENERATOR_CALLED_AS"
"""The setting by which a launcher says how it is called; it is not on everybody's PATH."""


def command(*arguments: str | Path) -> str:
    """A command line of this program, quoted for a shell."""
    program = os.environ.get(CALLED_AS, "backend-generator")
    return " ".join([program, *(shlex.quote(_short(argument)) for argument in arguments)])


def _short(argument: str | Path) -> str:
    """A path below the present folder without the way to that folder."""
    if isinstance(argument, Path) and argument.is_relative_to(Path.cwd()):
        return str(argument.relative_to(Path.cwd()))
    return str(argument)
