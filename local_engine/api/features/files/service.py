"""Listing, reading and writing the files of one project."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from local_engine.api.features.files.paths import place_of
from local_engine.api.features.files.schemas import (
    MAX_TEXT,
    FileContent,
    FileEntry,
    FolderListing,
    digest_of,
)
from local_engine.api.problems import Problem

MAX_ENTRIES = 2000
_HIDDEN = (".git",)
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def listing(folder: Path, path: str) -> FolderListing:
    """What a folder of the project holds; an empty path is the project itself."""
    place = place_of(folder, path) if path else folder
    try:
        found = [entry for entry in os.scandir(place) if entry.name not in _HIDDEN]
    except (FileNotFoundError, NotADirectoryError):
        raise Problem(404, "no-such-folder", f"There is no folder {path} in it.") from None
    except PermissionError:
        raise Problem(403, "unreadable", f"{path} may not be read.") from None
    entries = [_entry(entry, f"{path}/{entry.name}" if path else entry.name) for entry in found]
    entries.sort(key=lambda entry: (entry.kind != "folder", entry.name))
    return FolderListing(path=path, entries=entries[:MAX_ENTRIES], more=len(entries) > MAX_ENTRIES)


def _entry(entry: os.DirEntry[str], path: str) -> FileEntry:
    size = None
    if entry.is_symlink():
        kind = "link"
    elif entry.is_dir(follow_symlinks=False):
        kind = "folder"
    elif entry.is_file(follow_symlinks=False):
        kind = "file"
        with contextlib.suppress(OSError):
            size = entry.stat(follow_symlinks=False).st_size
    else:
        kind = "other"
    facts = {"name": _shown(entry.name), "path": _shown(path), "kind": kind, "size": size}
    return FileEntry.model_validate(facts)


def _shown(name: str) -> str:
    """A name as text; bytes that are none are shown as question marks."""
    return name.encode("utf-8", "replace").decode()


def read(folder: Path, path: str) -> FileContent:
    """A file of the project. Raises `Problem` for what is no plain file, or too large."""
    content = _content(place_of(folder, path), path)
    return FileContent.of(path, content)


def write(folder: Path, path: str, text: str, base: str | None) -> FileContent:
    """Write a file in place of the one with the digest `base`; its permissions stay.

    Raises `Problem` 412 when something else is there by now.
    """
    from local_engine.projects.atomic_file import write_atomically

    place = place_of(folder, path)
    content = text.encode("utf-8", "strict")
    try:
        mode = stat.S_IMODE(place.lstat().st_mode)
        present = digest_of(_content(place, path))
    except FileNotFoundError:
        mode, present = None, None
    if present != base:
        raise Problem(
            412, "changed-meanwhile", f"{path} is not as it was. Read it again, then change it."
        )
    try:
        write_atomically(place, content)
        if mode is not None:
            place.chmod(mode)
    except OSError as error:
        raise Problem(409, "not-writable", f"{path}: {error.strerror or error}") from None
    return FileContent.of(path, content)


def _content(place: Path, path: str) -> bytes:
    """The bytes of a plain file. Raises `FileNotFoundError`, and `Problem` for anything else."""
    try:
        descriptor = os.open(place, os.O_RDONLY | _NO_LINKS)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Problem(403, "unreadable", f"{path}: {error.strerror or error}") from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Problem(403, "no-plain-file", f"{path} is no plain file.")
        if status.st_size > MAX_TEXT:
            raise Problem(413, "too-large", f"{path} has more than {MAX_TEXT} bytes.")
        return file.read(MAX_TEXT)
