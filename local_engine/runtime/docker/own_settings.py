"""The settings of a project itself: its `.env`, which reaches the service as files of secrets.

Nothing of it is in an argument, an environment, a label, an image or a log. What a deployment gives
its service anyway goes before it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from pathlib import Path

from local_engine.runtime.docker.errors import DeploymentError

FILE = ".env"
_GIVEN = frozenset({"database_url", "secret_key", "postgres_password", "environment", "port"})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")


def own_settings(project: Path) -> dict[str, str]:
    """The values by the names of their files. Raises `DeploymentError`."""
    from dotenv import dotenv_values

    path = project / FILE
    if not path.is_file():
        return {}
    try:
        found = dotenv_values(path, interpolate=False)  # else it takes from our environment
    except (OSError, UnicodeDecodeError) as failure:
        raise DeploymentError(
            f"{path} cannot be read.\nMake it readable, in UTF-8, or remove it. ({failure})"
        ) from failure
    if wrong := [name for name in found if not _NAME.fullmatch(name)]:
        raise DeploymentError(
            f"{path}: {wrong[0]!r} is no name of a setting.\n"
            "Write Latin letters, digits and underscores before the =."
        )
    values = {name.lower(): value for name, value in found.items() if value}
    return {name: value for name, value in values.items() if name not in _GIVEN}


def mark_of(secrets: Mapping[str, str], key: str) -> str:
    """A word that is the same for the same secrets, and from which nobody learns what they are."""
    text = json.dumps(secrets, sort_keys=True).encode()
    return hmac.new(key.encode(), text, hashlib.sha256).hexdigest()[:12]
