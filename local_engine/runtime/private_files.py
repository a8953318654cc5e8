"""Folders and secrets that only one account of the operating system may read.

Everything that this layer keeps on disk lies in folders of mode 0700 and files of mode 0600, is
written under another name first, and then takes its place in one step: a reader sees the old text
or the new one, never half of it.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

SECRET_BYTES = 32


def make_private_folder(folder: Path) -> Path:
    """Create the folder, with its parents, readable by its owner only; returns it.

    Raises `OSError` when it cannot be created.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder


def write_private(path: Path, text: str) -> None:
    """Replace the file's content in one step; only its owner may read it."""
    unfinished = _write_beside(path, text)
    unfinished.replace(path)


def read_or_create_secret(path: Path) -> str:
    """The random text kept in this file, made on the first call.

    All processes that call it at once get the same one. Hexadecimal, `2 * SECRET_BYTES` digits.
    """
    while True:
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            unfinished = _write_beside(path, secrets.token_hex(SECRET_BYTES))
        try:
            os.link(unfinished, path)
        except FileExistsError:
            continue
        finally:
            unfinished.unlink()


def _write_beside(path: Path, text: str) -> Path:
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        unfinished.unlink()
        raise
    return unfinished
