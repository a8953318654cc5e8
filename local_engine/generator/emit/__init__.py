"""Emitters: from a resolved Blueprint to the files of a project."""

from __future__ import annotations

from local_engine.generator.blueprint.collection import no_collection
from local_engine.generator.blueprint.resolved import Application
from local_engine.generator.emit.fastapi.project import emit_project
from local_engine.generator.emit.tree import FileTree, write

__all__ = ["FileTree", "emit", "write"]


@no_collection()
def emit(application: Application, blueprint_text: str) -> FileTree:
    """All files of the project of a Blueprint, whose text is kept in it."""
    return emit_project(application, blueprint_text)
