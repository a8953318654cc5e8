"""Settings, in a file of the user's configuration folder."""

from __future__ import annotations

import json
import logging
import os
import threading
from pathlib import Path

import platformdirs
from pydantic import ValidationError

from local_engine.api.features.settings.schemas import Settings, SettingsChange
from local_engine.runtime.home import VARIABLE
from local_engine.runtime.private_files import write_private

PROJECTS = "BACKEND_GENERATOR_PROJECTS"
_FILE = "settings.json"
_log = logging.getLogger(__name__)


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

    def change(self, change: SettingsChange) -> Settings:
        """Change some. Raises `OSError` when the file cannot be written."""
        with self._lock:
            settings = self._read().model_copy(update=change.model_dump(exclude_none=True))
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
