"""The Blueprints in a project's history, each read once while somebody works in it."""

from __future__ import annotations

from dulwich.objects import Blob, ObjectID

from local_engine.generator.blueprint import Document, load
from local_engine.projects.generation import BLUEPRINT_FILE
from local_engine.projects.repository import Repository
from local_engine.projects.trees import Files


def document_of(content: bytes) -> Document:
    """The Blueprint in the bytes of a file. Raises UnicodeDecodeError; its errors come later."""
    return load(content.decode("utf-8-sig"))


class Blueprints:
    """Reads the Blueprints of one repository: a large one takes longer than its merge."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._known: dict[ObjectID, Document] = {}

    def know(self, document: Document) -> None:
        """Take a document that was read already for the files that hold its text."""
        self._known[Blob.from_string(document.text.encode()).id] = document

    def of(self, files: Files) -> Document:
        """The Blueprint in these files. Raises UnicodeDecodeError, KeyError where there is none."""
        id_ = files[BLUEPRINT_FILE].id
        if id_ not in self._known:
            self._known[id_] = document_of(self._repository.content(id_))
        return self._known[id_]

    def at(self, commit: ObjectID) -> Document:
        """The Blueprint of a commit. Raises as `of`."""
        return self.of(self._repository.files_of(commit))
