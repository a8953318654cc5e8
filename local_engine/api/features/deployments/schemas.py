"""What is sent about deployments."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Level = Literal["debug", "info", "warning", "error"]
PartName = Literal["database", "service", "proxy"]


class DockerFacts(BaseModel):
    """Whether an engine can be used; `advice` is the next step where not."""

    state: Literal[
        "ready",
        "not-installed",
        "not-started",
        "no-permission",
        "stale-context",
        "remote",
        "no-answer",
        "too-old",
        "wrong-platform",
        "disk-full",
    ]
    text: str
    advice: str


class DeploymentFacts(BaseModel):
    """A deployment, or of one that was removed what is left: its data."""

    project: str
    name: str
    folder: str
    status: Literal["running", "partly", "stopped", "removed", "none"]
    url: str | None = None
    docs: str | None = None
    version: str = ""
    parts: dict[str, str] = Field(default={}, description="The state of each container.")


class DeploymentList(BaseModel):
    """All deployments of this installation, by name."""

    deployments: list[DeploymentFacts]


class DataDeletion(BaseModel):
    """What would go for good, database included, and the word that confirms it for a few minutes.

    Snapshots that lie with the project stay.
    """

    confirmation: str
    name: str
    status: Literal["running", "partly", "stopped", "removed"]


class DeployStart(BaseModel):
    """How to deploy; without a port it is the one of last time, or a free one."""

    model_config = ConfigDict(extra="forbid")

    port: Annotated[int | None, Field(ge=1024, le=65535)] = None
    rebuild: bool = False
    worked_on: Annotated[
        bool, Field(description="Run the code in the folder, anew whenever it was saved.")
    ] = False


class PartUsage(BaseModel):
    """What a part uses: `processor` in percent of one, memory in bytes."""

    part: str
    state: str
    processor: float
    memory: int
    memory_limit: int
    processes: int
    restarts: int


class UsageList(BaseModel):
    """What all parts use."""

    parts: list[PartUsage]


class DeploymentLine(BaseModel):
    """A line that a part wrote. `level` is null where the line does not say one."""

    part: str
    time: datetime
    level: Level | None
    text: str


class DeploymentLog(BaseModel):
    """Lines of all parts, the oldest first."""

    lines: list[DeploymentLine]


class Unneeded(BaseModel):
    """A thing in the engine that belongs to a deleted project, or to nobody."""

    kind: Literal["container", "network", "volume", "image"]
    name: str
    whose: str
    bytes: int | None


class Collection(BaseModel):
    """What can go, the word that confirms it for a few minutes, and what is kept.

    `missing` is the data of projects that are not found: they may have been moved.
    """

    confirmation: str
    unused: list[Unneeded]
    missing: list[Unneeded]


class Collected(BaseModel):
    """What is gone."""

    removed: list[Unneeded]
