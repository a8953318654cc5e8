"""The files that the user sees: reading what is there, and bringing another version there."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dulwich.objects import Blob, ObjectID

from local_engine.projects.layout import GIT, UNFINISHED
from local_engine.projects.leaving_out import MAX_FILE_BYTES, LeftOut, Omission, Reason
from local_engine.projects.repository import Repository
from local_engine.projects.trees import FILE, LINK, PROGRAM, Entry, Files, changed_paths


@dataclass(frozen=True)
class Scan:
    """What is in the folder: `files` as a version of it would hold them."""

    files: Files
    left_out: tuple[LeftOut, ...]

    def leaves_out(self, path: str) -> LeftOut | None:
        """What keeps a path out of the history, if anything does."""
        return next((left for left in self.left_out if left.holds(path)), None)


@dataclass
class _Walk:
    repository: Repository
    omission: Omission
    left_out: list[LeftOut] = field(default_factory=list)


def scan(repository: Repository, known: Mapping[str, Entry]) -> Scan:
    """Read the folder; new contents wait in the repository to be written.

    `known` is the version that the folder shows. What is left out of the history keeps the entry
    that it has there, if it has one.
    """
    walk = _Walk(repository, Omission(repository.folder))
    files = dict(_read_folder(walk, str(repository.folder), ""))
    found = Scan(files, tuple(walk.left_out))
    for path, entry in known.items():
        if path not in files and (found.left_out and found.leaves_out(path)):
            files[path] = entry
    return Scan(dict(sorted(files.items())), found.left_out)


def _read_folder(walk: _Walk, folder: str, above: str) -> Iterator[tuple[str, Entry]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except PermissionError:
        walk.left_out.append(LeftOut(above.rstrip("/"), Reason.UNREADABLE))
        return
    for entry in entries:
        path = f"{above}{entry.name}"
        if entry.name == GIT:
            continue
        if entry.is_dir(follow_symlinks=False):
            if reason := walk.omission.of_folder(path, entry):
                walk.left_out.append(LeftOut(path, reason))
            else:
                yield from _read_folder(walk, entry.path, f"{path}/")
        elif found := _read_file(walk, path, entry):
            yield path, found


def _read_file(walk: _Walk, path: str, entry: os.DirEntry[str]) -> Entry | None:
    try:
        status = entry.stat(follow_symlinks=False)
        mode = mode_of(status)
        if mode is None:  # a socket, a pipe
            return None
        if reason := walk.omission.of_file(path, entry, status.st_size):
            walk.left_out.append(LeftOut(path, reason))
            return None
        known = walk.repository.cache.content_of(path, status)
        if known is not None:
            return Entry(mode, known)
        read = Entry(mode, walk.repository.add_content(_content(Path(entry.path), mode)))
        walk.repository.cache.remember(path, status, read)
        return read
    except FileNotFoundError:  # it went while we looked
        return None
    except PermissionError:
        walk.left_out.append(LeftOut(path, Reason.UNREADABLE))
        return None


def mode_of(status: os.stat_result) -> int | None:
    """The mode of a tree's entry for a file on disk; None if git cannot keep such a file."""
    if stat.S_ISLNK(status.st_mode):
        return LINK
    if not stat.S_ISREG(status.st_mode):
        return None
    return PROGRAM if status.st_mode & stat.S_IXUSR else FILE


def _content(path: Path, mode: int) -> bytes:
    return os.fsencode(path.readlink()) if mode == LINK else path.read_bytes()


def entry_on_disk(path: Path) -> Entry | None:
    """The entry that a file on disk would have; None when no file is there.

    A folder, what git cannot keep and what is too large have an entry that no version has.
    """
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    mode = mode_of(status)
    if mode is None or status.st_size > MAX_FILE_BYTES:
        return Entry(0, ObjectID(b""))
    return Entry(mode, Blob.from_string(_content(path, mode)).id)


def obstacles(folder: Path, before: Mapping[str, Entry], after: Mapping[str, Entry]) -> list[str]:
    """Paths that `after` needs for new files, where something else lies that is not in `before`."""
    found = []
    for path in changed_paths(before, after):
        if path not in after or path in before:
            continue
        place = folder / path
        present = entry_on_disk(place)
        if present is not None and present != after[path] and not _gives_way(place, path, before):
            found.append(path)
        found += [parent for parent in _parents(path) if _blocks(folder / parent, parent, before)]
    return sorted(set(found))


def _gives_way(place: Path, path: str, before: Mapping[str, Entry]) -> bool:
    """Whether a folder lies there that goes, because all of its files do."""
    if place.is_symlink() or not place.is_dir():
        return False
    return all(
        item.is_dir() or f"{path}/{item.relative_to(place).as_posix()}" in before
        for item in place.rglob("*")
    )


def _parents(path: str) -> Iterator[str]:
    parts = path.split("/")[:-1]
    for count in range(1, len(parts) + 1):
        yield "/".join(parts[:count])


def _blocks(place: Path, path: str, before: Mapping[str, Entry]) -> bool:
    return (place.is_symlink() or (place.exists() and not place.is_dir())) and path not in before


def check_out(repository: Repository, before: Mapping[str, Entry], after: Files) -> list[str]:
    """Bring the folder from one version to another, file by file, each renamed into its place.

    May be repeated after it was interrupted. A file that is neither as before nor as after is
    the user's: it stays. Returns the paths of those.
    """
    changed = changed_paths(before, after)
    kept = []
    for path in changed:
        if path not in after and not _remove(repository.folder, path, before[path]):
            kept.append(path)
    for path in changed:
        if path in after and not _place(repository, path, before.get(path), after[path]):
            kept.append(path)
    repository.cache.write(after)
    return kept


def _remove(folder: Path, path: str, expected: Entry) -> bool:
    place = safe_place(folder, path)
    present = entry_on_disk(place)
    if present is None:
        return True
    if present != expected:
        return False
    place.unlink()
    with contextlib.suppress(OSError):  # a folder that is not empty stays
        for parent in reversed(list(_parents(path))):
            (folder / parent).rmdir()
    return True


def _place(repository: Repository, path: str, before: Entry | None, after: Entry) -> bool:
    place = safe_place(repository.folder, path)
    present = entry_on_disk(place)
    if present == after:
        return True
    if present is not None and present != before and not _clear_folder(place):
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = repository.private / UNFINISHED / secrets.token_hex(8)
    unfinished.parent.mkdir(exist_ok=True)
    content = repository.content(after.id)
    if after.mode == LINK:
        unfinished.symlink_to(os.fsdecode(content))
    else:
        unfinished.write_bytes(content)
        unfinished.chmod(0o755 if after.mode == PROGRAM else 0o644)
    unfinished.replace(place)
    return True


def _clear_folder(place: Path) -> bool:
    """Remove a folder that holds nothing but folders; False if it holds more, or is none."""
    if place.is_symlink() or not place.is_dir():
        return False
    try:
        for inner in sorted(place.rglob("*"), reverse=True):
            inner.rmdir()
        place.rmdir()
    except OSError:
        return False
    return True


def safe_place(folder: Path, path: str) -> Path:
    """Where a path of a version is on disk.

    Raises ValueError for a path that leaves the folder, enters `.git` or passes a link.
    """
    parts = path.split("/")
    if any(part in {"", ".", ".."} or part.casefold() == GIT or "\\" in part for part in parts):
        raise ValueError(f"not a path inside of a project: {path!r}")
    for parent in _parents(path):
        if (folder / parent).is_symlink():
            raise ValueError(f"{path!r} leads through a link")
    return folder / path
