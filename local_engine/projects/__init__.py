"""Project folders on disk: writing what was generated without losing what a person wrote."""

from local_engine.projects.folder import ProjectFolder, WriteResult
from local_engine.projects.generation import Generation, change, generate
from local_engine.projects.manifest import Manifest

__all__ = ["Generation", "Manifest", "ProjectFolder", "WriteResult", "change", "generate"]
