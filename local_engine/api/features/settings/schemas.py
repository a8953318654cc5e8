"""What is sent about settings."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from local_engine.jobs.paths import AbsolutePath

Theme = Literal["system", "light", "dark"]


class Settings(BaseModel):
    """What the user prefers; every one has a value."""

    model_config = ConfigDict(extra="forbid")

    projects_folder: Annotated[AbsolutePath, Field(description="Where new projects go.")]
    theme: Theme = "system"
    verify_after_generating: bool = False
    open_after_starting: bool = True


class SettingsChange(BaseModel):
    """Settings to be changed; the others stay."""

    model_config = ConfigDict(extra="forbid")

    projects_folder: AbsolutePath | None = None
    theme: Theme | None = None
    verify_after_generating: bool | None = None
    open_after_starting: bool | None = None
