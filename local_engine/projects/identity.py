"""Who a project is: an id that stays with its folder wherever that is moved to."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

from local_engine.projects.atomic_file import write_atomically
from local_engine.projects.layout import GIT, PRIVATE

_FILE = "project.json"


def read_identity(folder: Path) -> str | None:
    """The id in a folder; None where there is none, or none that can be read."""
    try:
        found = json.loads((folder / GIT / PRIVATE / _FILE).read_text("utf-8"))["id"]
        return uuid.UUID(found).hex
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_identity(folder: Path, id_: str) -> None:
    """Keep an id in a folder that has a history; without one there is no place for it."""
    if (folder / GIT / PRIVATE).is_dir():
        write_atomically(folder / GIT / PRIVATE / _FILE, json.dumps({"id": id_}).encode())
