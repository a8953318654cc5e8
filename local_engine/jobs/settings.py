"""What the user prefers, in a file of the configuration folder; window and commands heed it."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from local_engine.jobs.paths import AbsolutePath
from local_engine.runtime.home import VARIABLE
from local_engine.runtime.private_files import write_private

PROJECTS = "BACKEND_GENERATOR_PROJECTS"
_FILE = "settings.json"
_log = logging.getLogger(__name__)


Theme = Literal["system", "light", "dark"]


def _cloud_address(text: str) -> str:
    from local_engine.account.address import checked_address
    from local_engine.account.errors import AddressRefused

    try:
        return checked_address(text, "The cloud's address") if text else ""
    except AddressRefused as refusal:
        raise ValueError(f"{refusal.message} {refusal.hint}") from None


CloudUrl = Annotated[
    str,
    AfterValidator(_cloud_address),
    Field(max_length=500, description="The cloud's address; empty: that of development."),
]


class Settings(BaseModel):
    """What the user prefers; every one has a value."""

    model_config = ConfigDict(extra="forbid")

    projects_folder: Annotated[AbsolutePath, Field(description="Where new projects go.")]
    theme: Theme = "system"
    verify_after_generating: bool = False
    open_after_starting: bool = True
    cloud_url: CloudUrl = ""


class SettingsStore:
    """The settings of this user. A value that cannot be understood gives way to its default."""

    def __init__(self, home: Path) -> None:
        # A data folder of one's own brings its settings along: two of them share nothing.
        apart = bool(os.environ.get(VARIABLE))
        self._folder = home if apart else platformdirs.user_config_path("backend-generator")
        self._lock = threading.Lock()

    def read(self) -> Settings:
        """All settings."""
        with self._lock:
            return self._read()

    def change(self, change: Mapping[str, Any]) -> Settings:
        """Change some, checked before. Raises `OSError` when the file cannot be written."""
        with self._lock:
            settings = self._read().model_copy(update=change)
            self._folder.mkdir(parents=True, exist_ok=True)
            write_private(self._folder / _FILE, settings.model_dump_json(indent=2) + "\n")
            return settings

    def _read(self) -> Settings:
        defaults = {"projects_folder": str(_default_projects())}
        try:
            found = json.loads((self._folder / _FILE).read_text("utf-8"))
            return Settings.model_validate(defaults | found)
        except FileNotFoundError:
            return Settings.model_validate(defaults)
        except (OSError, ValueError, TypeError, ValidationError) as error:
            _log.warning("the settings cannot be read, defaults hold: %s", error)
            return Settings.model_validate(defaults)


def _default_projects() -> Path:
    chosen = os.environ.get(PROJECTS)
    return Path(chosen).absolute() if chosen else platformdirs.user_documents_path() / "Backends"
