"""The engine's own folder: databases, secrets, logs and state that outlive a process."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from local_engine.runtime.superuser import is_root

VARIABLE = "BACKEND_GENERATOR_HOME"


def engine_home() -> Path:
    """The engine's folder, made if need be; the variable above overrides the usual place.

    Only its owner may list it. Others may pass through root's, because the databases in it belong
    to an unprivileged account. Everything in it is private. Raises `OSError` when it cannot be
    created.
    """
    chosen = os.environ.get(VARIABLE)
    folder = Path(chosen) if chosen else platformdirs.user_data_path("backend-generator")
    folder.mkdir(mode=0o711 if is_root() else 0o700, parents=True, exist_ok=True)
    return folder.absolute()
