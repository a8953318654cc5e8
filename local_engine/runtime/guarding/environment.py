"""What a project's process inherits of our environment."""

from __future__ import annotations

import os

# The rest of our environment is not the project's business: it may hold keys of the engine.
_INHERITED = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TMPDIR",
    "TEMP",
    "TMP",
    "SYSTEMROOT",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
)


def python_environment() -> dict[str, str]:
    """What every project's process finds, whichever project it is."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**inherited, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
