"""Where a project is that left something elsewhere, such as a database in a Docker engine.

Only one that was removed from the trash for good counts as deleted: that is written down then, with
the folder where it was, because a copy of a project may bear its id and be deleted alone.
"""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.runtime.identity import read_identity
from local_engine.runtime.private_files import make_private_folder, write_private

if TYPE_CHECKING:
    from local_engine.runtime.docker.collecting import Whereabouts

_FOLDER = "removed-projects"


def whereabouts(home: Path, project: str, folder: str) -> Whereabouts:
    """Of the project with this id, which was in `folder` once; that may be empty, if not known."""
    from local_engine.projects.index import ProjectIndex
    from local_engine.projects.trash import Trash

    if folder and read_identity(Path(folder)) == project:
        return "there"
    with closing(ProjectIndex(home)) as index:
        entry = index.get(project)
    if entry is not None and read_identity(entry.folder) == project:
        return "there"
    trash = Trash(home)
    if any(read_identity(trash.folder / one.id) == project for one in trash.all()):
        return "there"
    removed = _removed_from(home, project)
    is_deleted = bool(removed) and folder in ("", *removed)
    return "deleted" if is_deleted else "missing"


def note_removal(home: Path, project: str, folder: str) -> None:
    """Write down that a project was removed for good, which was in this folder."""
    folders = sorted({*_removed_from(home, project), folder})
    write_private(
        make_private_folder(home / _FOLDER) / f"{project}.json", json.dumps({"folders": folders})
    )


def _removed_from(home: Path, project: str) -> list[str]:
    try:
        found = json.loads((home / _FOLDER / f"{project}.json").read_text("utf-8"))
        return [str(folder) for folder in found["folders"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []
