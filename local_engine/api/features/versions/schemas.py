"""What is sent about versions and conflicts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from local_engine.api.features.files.schemas import MAX_TEXT
from local_engine.jobs.models import Making
from local_engine.projects.snapshots import Where

VersionName = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]{1,80}$")
]


class VersionFacts(BaseModel):
    """A state of the project that one can go back to."""

    id: str
    cause: str
    title: str
    name: str | None
    time: datetime
    author: str
    restores: str | None
    can_redo: bool
    has_snapshot: bool
    snapshot: str | None
    verdict: str | None
    making: Making | None = None


class Going(BaseModel):
    """How to go back. `replace_data` lets older data replace newer, which is kept as a version.

    The data is that `of` the preview or the deployment.
    """

    model_config = ConfigDict(extra="forbid")

    replace_data: bool = False
    of: Where = "preview"


class VersionPage(BaseModel):
    """Versions, the newest first; `next` is the `start` of the next page, null at the end."""

    versions: list[VersionFacts]
    next: str | None


class VersionChange(BaseModel):
    """Another name for a version; null takes it away."""

    model_config = ConfigDict(extra="forbid")

    name: VersionName | None


class VersionComparison(BaseModel):
    """What differs between two versions: the Blueprint in words, files, the migration."""

    changes: list[str]
    added: list[str]
    removed: list[str]
    changed: list[str]
    migration: str | None
    unreadable: str | None


class VersionFiles(BaseModel):
    """The paths of a version's files."""

    files: list[str]


class FileDifference(BaseModel):
    """A file's change as a unified diff; empty where it did not change."""

    path: str
    difference: str


class ConflictFacts(BaseModel):
    """A file to decide on: base, both sides, what we would take and why; null: it is not there."""

    path: str
    kind: str
    reason: str
    resolved: bool
    base: str | None
    ours: str | None
    theirs: str | None
    proposed: str | None


class ConflictList(BaseModel):
    """What a generation waits for; empty when none waits."""

    conflicts: list[ConflictFacts]


class Decision(BaseModel):
    """A side to take for a file, or a text in place of both."""

    model_config = ConfigDict(extra="forbid")

    path: Annotated[str, Field(min_length=1, max_length=1024)]
    take: Literal["ours", "theirs", "proposed", "text"]
    text: Annotated[str | None, Field(max_length=MAX_TEXT)] = None


class Settled(BaseModel):
    """What a decision came to: the new version, once nothing is open any more."""

    version: str | None
    open: list[str]
