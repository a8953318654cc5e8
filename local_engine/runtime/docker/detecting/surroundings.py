"""What the search for an engine looks at; tests put other things in its place."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SETTING = "BACKEND_GENERATOR_DOCKER_HOST"
"""The setting that names the engine's address and goes before everything else."""


@dataclass(frozen=True)
class Surroundings:
    """The environment, the home folder and the system; `root` is where absolute paths begin."""

    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    home: Path = field(default_factory=Path.home)
    system: str = field(default_factory=platform.system)
    root: Path = Path("/")

    @property
    def docker_folder(self) -> Path:
        """Where the Docker client keeps its settings and contexts."""
        chosen = self.environment.get("DOCKER_CONFIG")
        return Path(chosen) if chosen else self.home / ".docker"

    def at(self, path: str) -> Path:
        """An absolute path of this system."""
        return self.root / path.lstrip("/")
