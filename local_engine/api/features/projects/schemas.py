"""What is sent about projects."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from local_engine.api.features.jobs.schemas import JobFacts
from local_engine.jobs.kinds.plan import MAX_PROMPT
from local_engine.jobs.paths import AbsolutePath

Name = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$"
    ),
]
Tag = Annotated[str, StringConstraints(pattern=r"^[^\s,\x00-\x1f\x7f]{1,40}$")]
Tags = Annotated[list[Tag], Field(max_length=20)]
MAX_BLUEPRINT = 1_000_000


class ProjectFacts(BaseModel):
    """A project. `present` is false when its folder is not there, `made` before its first code."""

    id: str
    name: str
    folder: str
    tags: list[str]
    created_at: datetime
    opened_at: datetime
    present: bool
    made: bool
    busy: bool


class ProjectList(BaseModel):
    """All projects, the one opened last first."""

    projects: list[ProjectFacts]


class NewProject(BaseModel):
    """A project from a prompt, a Blueprint, or what a job imported or planned: one of them.

    `imported` and `planned` are that job's id. Without a name, the project gets the product's.
    Functions that a model wrote run with the project only if a person has read and `accepted` them;
    otherwise they are in its folder `proposed`, where nothing runs.
    """

    model_config = ConfigDict(extra="forbid")

    prompt: Annotated[str | None, Field(min_length=1, max_length=MAX_PROMPT)] = None
    blueprint: Annotated[str | None, Field(min_length=1, max_length=MAX_BLUEPRINT)] = None
    imported: Annotated[str | None, Field(pattern="^[0-9a-f]{32}$")] = None
    planned: Annotated[str | None, Field(pattern="^[0-9a-f]{32}$")] = None
    accepted: bool = False
    name: Name | None = None
    tags: Tags = []

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        sources = (self.prompt, self.blueprint, self.imported, self.planned)
        if len([one for one in sources if one is not None]) != 1:
            raise ValueError("give a prompt, a Blueprint, an import or a plan, one of them")
        return self


class KnownFolder(BaseModel):
    """A folder with a project that is not on the list, or was moved."""

    model_config = ConfigDict(extra="forbid")

    folder: AbsolutePath


class CreatedProject(BaseModel):
    """The new project, and the job that writes its code."""

    project: ProjectFacts
    job: JobFacts


class ProjectChange(BaseModel):
    """Another name, other tags."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    tags: Tags | None = None


class Deletion(BaseModel):
    """What deleting would do, and the word that confirms it, for a few minutes."""

    confirmation: str
    folder: str
    files: Annotated[int, Field(description="How many there are; 10,000 stands for more.")]
    trash: Annotated[str, Field(description="Where the folder goes.")]
