"""Zip archives whose bytes depend on the files alone."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

Content = bytes | Path
"""What a file holds: its bytes, or the file on disk that is copied, piece by piece."""

_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can say; times of files are not part of what they are."""
_PLAIN_FILE = 0o100644 << 16


def write_zip(target: IO[bytes], files: Mapping[str, Content]) -> None:
    """Write a zip of files by path (POSIX form), in order of their paths. Raises OSError."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.external_attr = _PLAIN_FILE
            entry.create_system = 3  # Unix, wherever it is written
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.file_size = size_of(content)
            with archive.open(entry, "w") as file:
                copy_into(file, content)


def copy_into(target: IO[bytes], content: Content) -> None:
    """Write what a file holds. Raises OSError."""
    with io.BytesIO(content) if isinstance(content, bytes) else content.open("rb") as source:
        shutil.copyfileobj(source, target)


def size_of(content: Content) -> int:
    """How many bytes it holds. Raises OSError."""
    return len(content) if isinstance(content, bytes) else content.stat().st_size
