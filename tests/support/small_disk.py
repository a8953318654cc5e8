"""A disk of its own for a test: small, so that it can be full, and mounted, so that it can be
read-only also for root. Without the right to mount, the test is skipped and says so.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

MEBIBYTE = 1 << 20


class SmallDisk:
    """A file system in memory, mounted at `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "what-fills-the-disk"

    @contextlib.contextmanager
    def full_but_for(self, left_bytes: int) -> Iterator[None]:
        """Leave so much room, in whole pages, while the block runs."""
        status = os.statvfs(self.folder)
        taken = status.f_bavail * status.f_bsize - left_bytes
        assert taken > 0, "the disk is smaller than that"
        with self._filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, taken)
        try:
            yield
        finally:
            self._filler.unlink()

    @contextlib.contextmanager
    def read_only(self) -> Iterator[None]:
        """Let nobody write while the block runs."""
        _mount("-o", "remount,ro", str(self.folder))
        try:
            yield
        finally:
            _mount("-o", "remount,rw", str(self.folder))


@contextlib.contextmanager
def small_disk(folder: Path, size_bytes: int = 16 * MEBIBYTE) -> Iterator[SmallDisk]:
    """Mount a disk at a new folder until the end of the block; skips where that is not allowed."""
    folder.mkdir()
    try:
        _mount("-t", "tmpfs", "-o", f"size={size_bytes},mode=0755", "tmpfs", str(folder))
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"a disk of its own cannot be mounted here, that needs root: {error}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)
