"""Git notes: documents about commits, kept in the repository without changing the commits.

A note is a file `ab/cdef…`, named by the commit's id, in the tree of a reference below
`refs/notes/`; `git log --notes=<name>` shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dulwich.objects import ObjectID, Tree

from local_engine.projects.repository import GENERATOR, Repository
from local_engine.projects.trees import FILE

_FOLDER = 0o040000


class Notes:
    """The notes of one name, as they were at the time of the first look."""

    def __init__(self, repository: Repository, name: str) -> None:
        self.ref = f"refs/notes/{name}"
        self._repository = repository
        self.at = repository.ref(self.ref)
        self._root = self._tree(repository.commit_at(self.at).tree) if self.at else Tree()

    def of(self, commit: ObjectID) -> bytes | None:
        """The note about a commit."""
        entry = self._inner(commit)
        name = commit[2:]
        if name not in entry:
            return None
        return self._repository.content(entry[name][1])

    def all(self) -> Iterator[bytes]:
        """All notes."""
        for folder in self._root.items():
            for note in self._tree(folder.sha).items():
                yield self._repository.content(note.sha)

    def with_notes(self, notes: Mapping[ObjectID, bytes], message: str) -> ObjectID:
        """Keep the notes and these; returns the id that the reference is to name then."""
        root = self._root.copy()
        assert isinstance(root, Tree)
        for commit, content in notes.items():
            folder = commit[:2]
            inner = self._tree(root[folder][1]).copy() if folder in root else Tree()
            assert isinstance(inner, Tree)
            inner.add(commit[2:], FILE, self._repository.add_content(content))
            root[folder] = (_FOLDER, self._repository.add(inner))
        tree = self._repository.add(root)
        parents = [self.at] if self.at else []
        return self._repository.add_commit(tree, parents, message, GENERATOR)

    def _inner(self, commit: ObjectID) -> Tree:
        folder = commit[:2]
        return self._tree(self._root[folder][1]) if folder in self._root else Tree()

    def _tree(self, id_: ObjectID) -> Tree:
        tree = self._repository.read(id_)
        assert isinstance(tree, Tree)
        return tree
