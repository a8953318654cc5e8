"""What is sent about settings."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from local_engine.jobs.paths import AbsolutePath
from local_engine.jobs.settings import CloudUrl, Settings, Theme

__all__ = ["Settings", "SettingsChange"]


class SettingsChange(BaseModel):
    """Settings to be changed; the others stay."""

    model_config = ConfigDict(extra="forbid")

    projects_folder: AbsolutePath | None = None
    theme: Theme | None = None
    verify_after_generating: bool | None = None
    open_after_starting: bool | None = None
    cloud_url: CloudUrl | None = None
