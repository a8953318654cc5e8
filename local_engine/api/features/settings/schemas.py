"""What is sent about settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _absolute(text: str) -> str:
    if "\0" in text or not Path(text).is_absolute():
        raise ValueError("it must be an absolute path, such as /home/me/projects")
    return text


Folder = Annotated[str, Field(min_length=1, max_length=1024), AfterValidator(_absolute)]
Theme = Literal["system", "light", "dark"]


class Settings(BaseModel):
    """What the user prefers; every one has a value."""

    model_config = ConfigDict(extra="forbid")

    projects_folder: Annotated[Folder, Field(description="Where new projects go.")]
    theme: Theme = "system"
    verify_after_generating: bool = False
    open_after_starting: bool = True


class SettingsChange(BaseModel):
    """Settings to be changed; the others stay."""

    model_config = ConfigDict(extra="forbid")

    projects_folder: Folder | None = None
    theme: Theme | None = None
    verify_after_generating: bool | None = None
    open_after_starting: bool | None = None
