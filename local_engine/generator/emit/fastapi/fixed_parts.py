"""The fixed parts of a project: real files of this package, copied as they are."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

_PACKAGES = ("core", "accounts", "rows")


@cache
def fixed_files() -> dict[str, bytes]:
    """Path in a project → content, of all fixed files."""
    root = resources.files("local_engine.generator.emit.fastapi.fixed")
    found: dict[str, bytes] = {}
    for package in _PACKAGES:
        for path, content in _files(root / package):
            found[f"app/{package}/{path}"] = content
    for path, content in _files(root / "frame"):
        # The tests import the project's own `app`, which is none of this repository's modules.
        found[path.removesuffix(".txt") if path.endswith(".py.txt") else path] = content
    for path, content in _files(root / "migrations"):
        if path[0].isdigit():
            found[f"migrations/{path}"] = content
    return found


def _files(folder: Traversable) -> Iterator[tuple[str, bytes]]:
    """The files below a folder with their paths in it; no caches."""
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from ((f"{entry.name}/{path}", data) for path, data in _files(entry))
        elif not entry.name.endswith(".pyc"):
            yield entry.name, entry.read_bytes()
