"""The project store: projects on disk with history, merging, undo; docs/projects.md explains it.

What is named here is imported at its first use: git and the emitters cost a program that only
lists projects a quarter of a second.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from local_engine.projects.comparison import Comparison
    from local_engine.projects.conflicts import Conflict, ConflictKind
    from local_engine.projects.errors import (
        FolderTaken,
        MergePending,
        NoSuchVersion,
        NotAProject,
        NothingPending,
        NothingToUndo,
        ProjectBusy,
        ProjectError,
        UnsolvedConflicts,
    )
    from local_engine.projects.generation import change
    from local_engine.projects.pending import Pending
    from local_engine.projects.project import Project, may_begin
    from local_engine.projects.regeneration import Outcome
    from local_engine.projects.returning import Data
    from local_engine.projects.snapshots import NewerData, Snapshots
    from local_engine.projects.versions import Cause, Page, Record, Version

__all__ = [
    "Cause",
    "Comparison",
    "Conflict",
    "ConflictKind",
    "Data",
    "FolderTaken",
    "MergePending",
    "NewerData",
    "NoSuchVersion",
    "NotAProject",
    "NothingPending",
    "NothingToUndo",
    "Outcome",
    "Page",
    "Pending",
    "Project",
    "ProjectBusy",
    "ProjectError",
    "Record",
    "Snapshots",
    "UnsolvedConflicts",
    "Version",
    "change",
    "may_begin",
]

_MODULES = {
    "Cause": "versions",
    "Comparison": "comparison",
    "Conflict": "conflicts",
    "ConflictKind": "conflicts",
    "Data": "returning",
    "FolderTaken": "errors",
    "MergePending": "errors",
    "NewerData": "snapshots",
    "NoSuchVersion": "errors",
    "NotAProject": "errors",
    "NothingPending": "errors",
    "NothingToUndo": "errors",
    "Outcome": "regeneration",
    "Page": "versions",
    "Pending": "pending",
    "Project": "project",
    "ProjectBusy": "errors",
    "ProjectError": "errors",
    "Record": "versions",
    "Snapshots": "snapshots",
    "UnsolvedConflicts": "errors",
    "Version": "versions",
    "change": "generation",
    "may_begin": "project",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
