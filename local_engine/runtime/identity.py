"""Who a project is: an id that stays with its folder wherever that is moved to."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

from local_engine.runtime.private_files import write_private

PRIVATE = Path(".git") / "backend-generator"
"""Our folder inside of a project's history."""
_BLUEPRINT = "blueprint.yaml"
_FILE = "project.json"
_TAKEN_UP = "taken-up"


def new_identity() -> str:
    """An id that no project has: 32 hexadecimal digits."""
    return uuid.uuid4().hex


def read_identity(folder: Path) -> str | None:
    """The id in a folder; None where there is none, or none that can be read."""
    try:
        found = json.loads((folder / PRIVATE / _FILE).read_text("utf-8"))["id"]
        return uuid.UUID(found).hex
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def is_project(folder: Path) -> bool:
    """Whether a folder is a project, also one that has no id yet."""
    return (folder / _BLUEPRINT).is_file() or read_identity(folder) is not None


def write_identity(folder: Path, id_: str) -> None:
    """Keep an id in a folder that has a history; without one there is no place for it."""
    if (folder / PRIVATE).is_dir():
        put_identity(folder / PRIVATE, id_)


def put_identity(private: Path, id_: str) -> None:
    """Keep an id in our folder inside of a history, which may still be in the making."""
    write_private(private / _FILE, json.dumps({"id": id_}))


def put_taken_up(private: Path) -> None:
    """Write down that the folder was a project before it had a history."""
    write_private(private / _TAKEN_UP, "")


def was_taken_up(folder: Path) -> bool:
    """Whether a folder with a history was a project before it had one."""
    return (folder / PRIVATE / _TAKEN_UP).exists()
