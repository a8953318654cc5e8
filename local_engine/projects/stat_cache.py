"""Git's index as the memory of which file on disk has which content, so that few are read.

It is kept as git would keep it, so that `git status` in the folder tells the truth.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

from dulwich.index import Index, IndexEntry, index_entry_from_stat
from dulwich.objects import ObjectID

from local_engine.projects.trees import Entry

_WORD = 0xFFFFFFFF
_SECOND = 1_000_000_000
_SETTLED_NS = 50_000_000
"""Clocks of file systems tick up to every 10 ms (FAT: 2 s, where sizes and inodes must do)."""


class StatCache:
    """Content ids by path, each with what the disk said of the file before it was read."""

    def __init__(self, control: Path) -> None:
        """`control` is the `.git` folder. An index that cannot be read counts as none."""
        self._path = control / "index"
        self._known: dict[bytes, IndexEntry] = {}
        self._is_changed = False
        try:
            found = Index(str(self._path)).items()
        except (OSError, ValueError, AssertionError):
            return
        self._known = {name: entry for name, entry in found if isinstance(entry, IndexEntry)}

    def content_of(self, path: str, status: os.stat_result) -> ObjectID | None:
        """The id of a file's content, if the disk says that it is as it was; None if unknown."""
        entry = self._known.get(os.fsencode(path))
        if entry is None:
            return None
        same = (
            _nanoseconds(entry.mtime) == status.st_mtime_ns
            and _nanoseconds(entry.ctime) == status.st_ctime_ns
            and entry.size == status.st_size & _WORD
            and entry.ino == status.st_ino & _WORD
        )
        return entry.sha if same else None

    def remember(self, path: str, status: os.stat_result, entry: Entry) -> None:
        """Keep what a file holds; `status` was asked before it was read.

        One that was written just now could change once more within the same tick of the file
        system's clock, without a trace: it stays unknown, and is read again the next time.
        """
        if time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) < _SETTLED_NS:
            return
        self._known[os.fsencode(path)] = index_entry_from_stat(status, entry.id, entry.mode)
        self._is_changed = True

    def write(self, files: Mapping[str, Entry]) -> None:
        """Write the index of a version, with what is known of its files on disk."""
        index = Index(str(self._path), read=False)
        for path, entry in files.items():
            name = os.fsencode(path)
            known = self._known.get(name)
            if known is None or (known.sha, known.mode) != (entry.id, entry.mode):
                known = IndexEntry((0, 0), (0, 0), 0, 0, entry.mode, 0, 0, 0, entry.id)
            index[name] = known
        index.write()
        self._is_changed = False

    def write_if_changed(self, files: Mapping[str, Entry]) -> None:
        """Write the index if something was learnt since it was read."""
        if self._is_changed:
            self.write(files)


def _nanoseconds(when: float | tuple[int, int]) -> int:
    if isinstance(when, tuple):
        return when[0] * _SECOND + when[1]
    return int(when * _SECOND)
