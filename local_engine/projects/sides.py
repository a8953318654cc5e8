"""What of a project is the generator's and what is the user's: both sides of its newest version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from local_engine.projects.events import ignore
from local_engine.projects.project import Project
from local_engine.projects.regeneration import base_of
from local_engine.projects.repository import Repository
from local_engine.projects.trees import Files
from local_engine.projects.versions import Version
from local_engine.projects.writer import Writer


@dataclass(frozen=True)
class Sides:
    """The contents of ordinary files by path: as the generator wrote them, and as they are now."""

    version: Version
    generated: Mapping[str, bytes]
    present: Mapping[str, bytes]


def sides_of(project: Project) -> Sides:
    """Both sides of what the folder shows; what was changed by hand is kept as a version first.

    Raises ProjectError.
    """
    version = project.notice() or project.head()
    with Repository(project.folder) as repository:
        writer = Writer(repository, ignore)
        base = base_of(writer, version.commit, writer.generated)
        return Sides(
            version,
            _contents(repository, repository.files_of(base)),
            _contents(repository, repository.files(version.tree)),
        )


def _contents(repository: Repository, files: Files) -> dict[str, bytes]:
    return {path: repository.content(entry.id) for path, entry in files.items() if entry.is_plain}
