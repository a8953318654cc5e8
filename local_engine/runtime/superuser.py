"""Whether this process runs as root, which changes who may reach what it makes."""

from __future__ import annotations

import os
import sys


def is_root() -> bool:
    """Whether this process may change to other accounts."""
    return sys.platform != "win32" and os.geteuid() == 0
