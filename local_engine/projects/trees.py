"""Git trees as flat mappings: the path of every file, with its mode and the id of its content."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from dulwich.objects import ObjectID, ShaFile, Tree

FILE = 0o100644
PROGRAM = 0o100755
LINK = 0o120000
MODULE = 0o160000
"""A submodule: its id is a commit of another repository, which is not ours to read."""

type_of = stat.S_IFMT


class Entry(NamedTuple):
    """One file of a tree: `mode` is one of the constants above."""

    mode: int
    id: ObjectID

    @property
    def is_plain(self) -> bool:
        """Whether it is an ordinary file, the only thing whose content can be merged."""
        return type_of(self.mode) == stat.S_IFREG


Files = dict[str, Entry]
"""POSIX paths in the project → entries. Bytes that are no UTF-8 are surrogates (PEP 383)."""


def read_tree(read: Callable[[ObjectID], ShaFile], tree: ObjectID | None) -> Files:
    """All files below a tree; none for None."""
    return dict(sorted(_entries(read, tree, ""))) if tree is not None else {}


def _entries(
    read: Callable[[ObjectID], ShaFile], tree: ObjectID, above: str
) -> Iterator[tuple[str, Entry]]:
    found = read(tree)
    assert isinstance(found, Tree)
    for name, mode, id_ in found.items():
        path = above + os.fsdecode(name)
        if stat.S_ISDIR(mode):
            yield from _entries(read, id_, f"{path}/")
        else:
            yield path, Entry(mode, id_)


def write_tree(files: Mapping[str, Entry], add: Callable[[ShaFile], ObjectID]) -> ObjectID:
    """Hand the tree objects of these files to `add`; returns the id of the root.

    A file and a folder of the same name cannot both be: raises ValueError.
    """
    root: dict[str, object] = {}
    for path, entry in files.items():
        *folders, name = path.split("/")
        place = root
        for folder in folders:
            inner = place.setdefault(folder, {})
            if not isinstance(inner, dict):
                raise ValueError(f"{path}: {folder} is a file and a folder")
            place = inner
        if place.setdefault(name, entry) is not entry:
            raise ValueError(f"{path} is a file and a folder")
    return _write(root, add)


def _write(folder: Mapping[str, object], add: Callable[[ShaFile], ObjectID]) -> ObjectID:
    tree = Tree()
    for name, item in folder.items():
        if isinstance(item, Entry):
            tree.add(os.fsencode(name), item.mode, item.id)
        else:
            assert isinstance(item, dict)
            tree.add(os.fsencode(name), stat.S_IFDIR, _write(item, add))
    return add(tree)


def changed_paths(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> list[str]:
    """The paths whose entries differ, in order."""
    return sorted(
        path for path in before.keys() | after.keys() if before.get(path) != after.get(path)
    )
