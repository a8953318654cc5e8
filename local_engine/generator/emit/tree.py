"""A tree of files in memory: what an emitter makes, before anything touches a disk."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath


class FileTree(Mapping[str, bytes]):
    """Relative POSIX paths → content, in the order of the paths.

    Raises ValueError for a path that would leave the folder or that two systems spell differently.
    """

    def __init__(self, files: Mapping[str, bytes | str]) -> None:
        encoded = {
            path: content.encode() if isinstance(content, str) else content
            for path, content in files.items()
        }
        for path in encoded:
            _require_safe(path)
        self._files = dict(sorted(encoded.items()))

    def __getitem__(self, path: str) -> bytes:
        return self._files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def text(self, path: str) -> str:
        """The content of a file as text."""
        return self._files[path].decode()


def _require_safe(path: str) -> None:
    parts = path.split("/")
    plain = all(part not in {"", ".", ".."} for part in parts)
    if not plain or "\\" in path or ":" in path or PurePosixPath(path).is_absolute():
        raise ValueError(f"not a path inside of a project: {path!r}")


def write(tree: FileTree, folder: Path) -> None:
    """Write all files of a tree below `folder`, each of them whole or not at all.

    Files that are there already are replaced; others in the folder stay.
    """
    for path, content in tree.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, content)


def _replace(target: Path, content: bytes) -> None:
    """Give a file this content in one step, so that nobody reads half of it."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        # mkstemp makes files for the owner alone; a project is an ordinary folder.
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
