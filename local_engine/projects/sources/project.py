"""Reads a project that somebody else made: a folder, or a zip of one, which may be hostile.

Nothing is ever unpacked onto the disk: the entries of a zip are read into memory, each checked
first, and all of them counted against limits.
"""

from __future__ import annotations

import re
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from local_engine.projects.generation import BLUEPRINT_FILE
from local_engine.projects.sources.errors import SourceError

MAX_FILES = 20_000
MAX_BYTES = 200_000_000
"""Of all files together, unpacked."""
MAX_BLUEPRINT_BYTES = 1_000_000
MAX_RATIO = 200
"""How many times larger than packed a large file may be."""
_SMALL = 1_000_000
_DEVICES = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE
)
"""Names that are devices on Windows, with any ending behind a dot."""
_BAD_CHARACTERS = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')


@dataclass(frozen=True)
class ProjectSource:
    """A project's Blueprint, and the other files that it has, by path."""

    blueprint: str
    others: tuple[str, ...]


def read_project(path: Path) -> ProjectSource:
    """The project in a folder or zip. Raises SourceError."""
    if path.is_dir():
        return _read_folder(path)
    if path.is_file() and zipfile.is_zipfile(path):
        return _read_zip(path)
    raise SourceError(
        f"{path} is neither a project's folder nor a zip of one",
        f"name a folder that has a {BLUEPRINT_FILE}",
    )


def check_name(name: str) -> PurePosixPath:
    """The path of a zip's entry, if it is safe on every operating system. Raises SourceError."""
    parts = PurePosixPath(name)
    reason = None
    if parts.is_absolute() or re.match(r"[A-Za-z]:", name) or name.startswith("\\"):
        reason = "it is absolute"
    elif ".." in parts.parts:
        reason = "it leads out of the archive"
    elif _BAD_CHARACTERS.search(name):
        reason = "it has characters that no file should have"
    elif any(_DEVICES.fullmatch(part.split(".")[0].strip()) for part in parts.parts):
        reason = "it is the name of a device"
    elif any(part != part.rstrip(" .") for part in parts.parts):
        reason = "it ends with a dot or a space"
    elif not parts.parts or len(name) > 1000 or len(parts.parts) > 50:
        reason = "it is empty or too long"
    if reason:
        raise SourceError(
            f"the archive holds {name[:100]!r}: {reason}", "nothing was taken from it"
        )
    return parts


def _read_folder(path: Path) -> ProjectSource:
    root = path.resolve()
    file = root / BLUEPRINT_FILE
    if file.is_symlink() and not file.resolve().is_relative_to(root):
        raise SourceError(f"{file} is a link that leads out of the project")
    if not file.is_file():
        raise SourceError(f"there is no {BLUEPRINT_FILE} in {path}", "name a project's folder")
    if file.stat().st_size > MAX_BLUEPRINT_BYTES:
        raise SourceError(f"{file} is larger than {MAX_BLUEPRINT_BYTES} bytes")
    others = []
    for found in root.rglob("*"):
        parts = found.relative_to(root).parts
        if found.is_file() and found != file and not parts[0].startswith("."):
            others.append("/".join(parts))
        if len(others) > MAX_FILES:
            raise SourceError(f"{path} has more than {MAX_FILES} files: is it a project?")
    return ProjectSource(_text(file.read_bytes()), tuple(sorted(others)))


def _read_zip(path: Path) -> ProjectSource:
    try:
        with zipfile.ZipFile(path) as archive:
            names = _checked(archive)
            inner = _blueprint_entry(names)
            content = archive.open(inner).read(MAX_BLUEPRINT_BYTES + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as failure:
        raise SourceError(f"{path} cannot be read as a zip: {failure}") from None
    if len(content) > MAX_BLUEPRINT_BYTES:
        raise SourceError(f"its {BLUEPRINT_FILE} is larger than {MAX_BLUEPRINT_BYTES} bytes")
    others = sorted(name for name in names if name != inner and not name.endswith("/"))
    return ProjectSource(_text(content), tuple(others))


def _checked(archive: zipfile.ZipFile) -> list[str]:
    """The names of all entries, after every entry was found harmless."""
    entries = archive.infolist()
    if len(entries) > MAX_FILES:
        raise SourceError(f"the archive has more than {MAX_FILES} entries")
    if sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise SourceError(f"the archive would unpack to more than {MAX_BYTES} bytes")
    seen: set[str] = set()
    for entry in entries:
        name = str(check_name(entry.orig_filename))
        mode = entry.external_attr >> 16
        if stat.S_ISLNK(mode) or (stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR)):
            raise SourceError(f"the archive holds a link or a device: {name!r}")
        if entry.file_size > _SMALL and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise SourceError(f"the archive holds a size bomb: {name!r}")
        if name.casefold() in seen:
            raise SourceError(f"the archive holds {name!r} twice (or in another case)")
        seen.add(name.casefold())
    return [entry.filename for entry in entries]


def _blueprint_entry(names: list[str]) -> str:
    """The Blueprint at the root, or in the one folder that everything is in."""
    tops = {name.split("/", 1)[0] for name in names}
    candidates = [BLUEPRINT_FILE]
    if len(tops) == 1:
        candidates.append(f"{next(iter(tops))}/{BLUEPRINT_FILE}")
    for candidate in candidates:
        if candidate in names:
            return candidate
    raise SourceError(f"there is no {BLUEPRINT_FILE} in the archive", "zip a project's folder")


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        raise SourceError(
            f"the {BLUEPRINT_FILE} is not UTF-8 (byte {failure.start})", "save it as UTF-8"
        ) from None
