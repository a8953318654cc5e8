"""What is sent about trials."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

TrialName = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,40}$")]


class Discarded(BaseModel):
    """A trial that was discarded; `version` is its newest, and it is kept until `until`."""

    name: str
    version: str
    discarded: datetime
    until: datetime


class TrialFacts(BaseModel):
    """What the project shows: the trial of this name, or (null) the main line."""

    name: str | None
    branch: str
    discarded: list[Discarded]


class NewTrial(BaseModel):
    """A trial to begin; the main line stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: TrialName
