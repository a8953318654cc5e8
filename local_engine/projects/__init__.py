"""The project store: projects on disk with history, merging, undo; docs/projects.md explains it."""

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
from local_engine.projects.snapshots import NewerData, Snapshots
from local_engine.projects.undoing import Data
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
