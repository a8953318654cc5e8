"""The git repository of a project: objects that are written together, and references.

Any git can read it. New objects wait in memory until `flush` writes them, so that an operation
which ends early leaves nothing behind; what no reference names yet is only garbage to git.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from dulwich.graph import find_merge_base
from dulwich.objects import ZERO_SHA, Blob, Commit, ObjectID, ShaFile, Tag, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo

from local_engine.projects.layout import GIT, HEADS, MAIN, PRIVATE
from local_engine.projects.stat_cache import StatCache
from local_engine.projects.trees import FILE, Entry, Files, read_tree, write_tree
from local_engine.runtime.snapshots.files import DEPLOYED, SnapshotFiles

_TYPES = {kind.type_name: kind.type_num for kind in (Blob, Commit, Tag, Tree)}
_PACK_FROM = 40
"""So many new objects are written as one pack: two files to sync instead of each."""
_FLUSH_BYTES = 32_000_000
_UNFINISHED = f"{GIT}.new-"


class Person(NamedTuple):
    """Who made a commit."""

    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


GENERATOR = Person("Backend Generator", "generator@localhost")
YOU = Person("You", "you@localhost")


class Repository:
    """The repository in a project's folder. Close it, or use it in a `with` block."""

    def __init__(self, folder: Path, *, beside: Path | None = None) -> None:
        """`beside` is where the repository is while it is being made.

        Raises `dulwich.errors.NotGitRepository` where there is none.
        """
        self.folder = folder
        self._repo = Repo(str(beside or folder))
        self._repo.object_store.fsync_object_files = True
        self.control = Path(self._repo.controldir())
        self._objects = f"{self.control}/objects"  # a text: a history reads hundreds of files
        self.private = self.control / PRIVATE
        self.private.mkdir(exist_ok=True)
        self._new: dict[ObjectID, ShaFile] = {}
        self._new_bytes = 0
        self._files: dict[ObjectID | None, Files] = {}  # by tree; one operation reads some often

    @property
    def snapshots(self) -> SnapshotFiles:
        """The snapshots of the database of the project's preview."""
        return SnapshotFiles(self.private / "snapshots")

    @property
    def deployed_snapshots(self) -> SnapshotFiles:
        """The snapshots of the database of the project's deployment."""
        return SnapshotFiles(self.private / DEPLOYED)

    def owe(self, snapshot: str) -> None:
        """Write down that a database is to become this snapshot: the one that it is of."""
        both = (self.snapshots, self.deployed_snapshots)
        next((one for one in both if one.find(snapshot) is not None), both[0]).owe(snapshot)

    @cached_property
    def cache(self) -> StatCache:
        """What is known of the files on disk."""
        return StatCache(self.control)

    def __enter__(self) -> Repository:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back open files; objects that were not flushed are forgotten."""
        self._repo.close()

    def read(self, id_: ObjectID) -> ShaFile:
        """An object, written or waiting. Raises KeyError when there is none."""
        return self._new.get(id_) or self._read_loose(id_) or self._repo.object_store[id_]

    def _read_loose(self, id_: ObjectID) -> ShaFile | None:
        """An object in a file of its own; git's library looks through all packs before that."""
        name = id_.decode()
        try:
            raw = zlib.decompress(Path(f"{self._objects}/{name[:2]}/{name[2:]}").read_bytes())
        except (OSError, zlib.error):
            return None
        header, _, content = raw.partition(b"\0")
        return ShaFile.from_raw_string(_TYPES[header.partition(b" ")[0]], content, id_)

    def content(self, id_: ObjectID) -> bytes:
        """The bytes of a file."""
        blob = self.read(id_)
        assert isinstance(blob, Blob)
        return blob.data

    def commit_at(self, id_: ObjectID) -> Commit:
        """A commit. Raises KeyError when there is none of this id."""
        commit = self.read(id_)
        if not isinstance(commit, Commit):
            raise KeyError(id_)
        return commit

    def files(self, tree: ObjectID | None) -> Files:
        """The files of a tree."""
        if tree not in self._files:
            self._files[tree] = read_tree(self.read, tree)
        return dict(self._files[tree])

    def files_of(self, commit: ObjectID | None) -> Files:
        """The files of a commit; none for None."""
        return self.files(self.commit_at(commit).tree) if commit is not None else {}

    def add(self, new: ShaFile) -> ObjectID:
        """Keep an object for the next `flush`; returns its id."""
        if new.id not in self._new and new.id not in self._repo.object_store:
            self._new[new.id] = new
            self._new_bytes += new.raw_length()
            if self._new_bytes > _FLUSH_BYTES:
                self.flush()
        return new.id

    def add_content(self, content: bytes) -> ObjectID:
        """Keep the bytes of a file."""
        return self.add(Blob.from_string(content))

    def add_tree(self, files: Mapping[str, Entry]) -> ObjectID:
        """Keep the tree of these files."""
        return write_tree(files, self.add)

    def add_contents(self, contents: Mapping[str, bytes]) -> Files:
        """Keep the bytes of ordinary files; returns their entries."""
        return {
            path: Entry(FILE, self.add_content(content))
            for path, content in sorted(contents.items())
        }

    def add_commit(
        self,
        tree: ObjectID,
        parents: Sequence[ObjectID],
        message: str,
        author: Person,
    ) -> ObjectID:
        """Keep a commit of now; a clock that went back never makes it older than its parents."""
        now = int(time.time())
        commit = Commit()
        commit.tree = tree
        commit.parents = list(parents)
        commit.author = str(author).encode(errors="replace")
        commit.committer = str(GENERATOR).encode()
        earlier = [self.commit_at(parent).commit_time for parent in parents]
        commit.author_time = commit.commit_time = max([now, *earlier])
        commit.author_timezone = commit.commit_timezone = 0
        commit.encoding = b"UTF-8"
        commit.message = message.strip().encode(errors="replace") + b"\n"
        return self.add(commit)

    def flush(self) -> None:
        """Write what waits, synced to the disk."""
        new, self._new, self._new_bytes = list(self._new.values()), {}, 0
        if len(new) > _PACK_FROM:
            self._repo.object_store.add_objects([(item, None) for item in new])
        else:
            for item in new:
                self._repo.object_store.add_object(item)

    def ref(self, name: str) -> ObjectID | None:
        """What a reference names."""
        found = self._repo.refs.read_ref(_ref(name))
        return ObjectID(found) if found else None

    def refs(self, prefix: str) -> dict[str, ObjectID]:
        """The references whose names begin so, by their whole names."""
        found = self._repo.refs.as_dict()
        return {
            name.decode(errors="surrogateescape"): id_
            for name, id_ in found.items()
            if name.startswith(prefix.encode())
        }

    def swap_ref(self, name: str, old: ObjectID | None, new: ObjectID | None) -> bool:
        """Set or (with None) remove a reference if it is what it was; else False."""
        expected = ZERO_SHA if old is None else old
        if new is None:
            return self._repo.refs.remove_if_equals(_ref(name), expected)
        return self._repo.refs.set_if_equals(_ref(name), expected, new)

    @property
    def branch(self) -> str | None:
        """The branch that the folder shows: `main`, `try/colours`; None when HEAD is detached."""
        target = (self._repo.refs.read_ref(_ref("HEAD")) or b"").decode(errors="surrogateescape")
        symbolic = f"ref: {HEADS}"
        return target.removeprefix(symbolic) if target.startswith(symbolic) else None

    def show_branch(self, branch: str) -> None:
        """Let HEAD name another branch; the files in the folder are not touched."""
        self._repo.refs.set_symbolic_ref(_ref("HEAD"), _ref(HEADS + branch))

    def merge_base(self, one: ObjectID, other: ObjectID) -> ObjectID | None:
        """The newest commit that both descend from."""
        return next(iter(find_merge_base(self._repo, [one, other])), None)

    def person(self) -> Person:
        """Who git says the user is; `YOU` where it does not know."""
        config = self._repo.get_config_stack()
        found = []
        for key, default in ((b"name", YOU.name), (b"email", YOU.email)):
            try:
                found.append(config.get((b"user",), key).decode(errors="replace") or default)
            except KeyError:
                found.append(default)
        clean = [part.translate({ord(sign): None for sign in "<>\n"}) for part in found]
        return Person(*clean)


def _ref(name: str) -> Ref:
    return Ref(name.encode(errors="surrogateescape"))


def has_repository(folder: Path) -> bool:
    """Whether the folder itself (not one above it) is a git repository."""
    return (folder / GIT).exists()


@contextlib.contextmanager
def new_repository(folder: Path) -> Iterator[Repository]:
    """Make a repository in a folder that has none; it is there when the block ends well.

    It is built beside and renamed, so that it is there whole or not at all.
    """
    discard_unfinished(folder)
    beside = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=folder))
    try:
        Repo.init(str(beside), default_branch=MAIN.encode()).close()
        with Repository(folder, beside=beside) as repository:
            yield repository
            repository.flush()
        (beside / GIT).rename(folder / GIT)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def discard_unfinished(folder: Path) -> None:
    """Remove repositories that were being made here when their maker was killed."""
    for left in folder.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)


def is_unfinished(name: str) -> bool:
    """Whether a name in a folder is that of a repository in the making."""
    return name.startswith(_UNFINISHED)
