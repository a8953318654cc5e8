"""Projects as zips whose bytes depend on the files alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can say; times of files are not part of what they are."""
_PLAIN_FILE = 0o100644 << 16


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip of files by path (POSIX form), in order of their paths."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.external_attr = _PLAIN_FILE
            entry.create_system = 3  # Unix, wherever it is written
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def unpacked(archive: bytes) -> dict[str, str]:
    """The files of such a zip, by path; all files of a generated project are text."""
    with zipfile.ZipFile(io.BytesIO(archive)) as content:
        return {name: content.read(name).decode() for name in content.namelist()}
