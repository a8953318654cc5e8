"""The modules of one project, imported once by a process that forks its commands.

Each command is to be what it would be if it had imported them by itself. They may look at the
environment while they are imported, and each command has another one: what they have looked up is
kept, and where a command would find something else there, it imports them anew.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Iterator, Mapping

PROJECT = "app"
_FIRST = f"{PROJECT}.main"
_FURTHER = (f"{PROJECT}.core.server", f"{PROJECT}.core.migrations", f"{PROJECT}.accounts.seeding")

_looked_up: dict[str, str | None] = {}


class _Watched(os._Environ[str]):
    """The environment while somebody keeps what is looked up in it."""

    def __getitem__(self, name: str) -> str:
        _looked_up[name] = None
        value = super().__getitem__(name)
        _looked_up[name] = value
        return value

    def __iter__(self) -> Iterator[str]:
        _looked_up[""] = "all of it"  # no variable has this name, so no environment is the same
        return super().__iter__()


def enter(folder: str) -> None:
    """Leave our own modules behind, and let the project's be found in its folder."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "local_engine"]:
        del sys.modules[name]
    ours = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:] = [folder, *(path for path in sys.path[1:] if path not in ours)]


def be_in(folder: str, environment: Mapping[str, str]) -> None:
    """Work in this folder, with this environment; what was imported for another one is forgotten.

    The folder is the project's: `enter` comes first.
    """
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    if any(os.environ.get(name) != value for name, value in _looked_up.items()):
        _forget(folder)


def _forget(folder: str) -> None:
    """Take everything that was imported from a folder out of the modules that are there."""
    inside = folder + os.sep
    for name, module in [*sys.modules.items()]:
        if (getattr(module, "__file__", None) or "").startswith(inside):
            del sys.modules[name]


def load(folder: str, environment: Mapping[str, str]) -> None:
    """Enter the project and import its modules; raises what they raise."""
    enter(folder)
    be_in(folder, environment)
    usual = os.environ.__class__
    os.environ.__class__ = _Watched
    try:
        importlib.import_module(_FIRST)
        for name in _FURTHER:
            with contextlib.suppress(ModuleNotFoundError):
                importlib.import_module(name)
    finally:
        os.environ.__class__ = usual
