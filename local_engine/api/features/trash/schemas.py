"""What is sent about deleted projects."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class TrashedProject(BaseModel):
    """A deleted project: where it was, if that is known, and what it takes."""

    id: str
    name: str
    folder: str | None
    deleted_at: datetime
    files: int
    bytes: int


class TrashList(BaseModel):
    """Deleted projects, the newest first, and what they take together."""

    projects: list[TrashedProject]
    bytes: int


TrashId = Annotated[str, Field(min_length=1, max_length=300)]


class Emptying(BaseModel):
    """Which ones are to go for good; all of them if none is named."""

    model_config = ConfigDict(extra="forbid")

    projects: Annotated[list[TrashId] | None, Field(min_length=1, max_length=1000)] = None


class EmptyingFacts(BaseModel):
    """What would go for good, and the word that confirms it, for a few minutes."""

    confirmation: str
    projects: list[TrashedProject]
    bytes: int
