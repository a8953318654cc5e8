"""What a project would be after another Blueprint, with all that its user wrote, in a copy."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from local_engine.generator.blueprint import Document
from local_engine.generator.emit.relational.migration import MigrationRefused
from local_engine.projects import Cause, Project
from local_engine.projects.layout import GIT
from local_engine.projects.sides import sides_of


class NotGenerated(Exception):
    """The Blueprint cannot be generated over what the user wrote or has; the message says why."""


def regenerated(
    folder: Path, files: Mapping[str, bytes], document: Document, place: Path
) -> Mapping[str, bytes]:
    """The files of the project with this Blueprint. Raises `NotGenerated`, ProjectError."""
    with contextlib.ExitStack() as held:
        copy = Path(tempfile.mkdtemp(dir=place))
        held.callback(shutil.rmtree, copy, ignore_errors=True)
        shutil.copytree(folder / GIT, copy / GIT, ignore=shutil.ignore_patterns("snapshots*"))
        for path, content in files.items():
            target = copy / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        project = Project(copy)
        try:
            outcome = project.generate(document, cause=Cause.REPAIR)
        except MigrationRefused as refusal:
            raise NotGenerated(str(refusal)) from None
        if outcome.pending is not None:
            paths = ", ".join(conflict.path for conflict in outcome.pending.open)
            raise NotGenerated(f"it would conflict with what you wrote in {paths}")
        return sides_of(project).present
