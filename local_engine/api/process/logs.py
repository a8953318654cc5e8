"""The engine's own log: rotating files in its folder, and the last lines for a crash report."""

from __future__ import annotations

import logging
import time
from collections import deque
from logging.handlers import RotatingFileHandler
from pathlib import Path

from local_engine.runtime.private_files import make_private_folder

LIMIT_BYTES = 1024 * 1024
FILES = 5
_LINES = 100
_FORMAT = "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s"


class RecentLines(logging.Handler):
    """Remembers the last lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[str] = deque(maxlen=_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """Remember a record, as it is written."""
        self.lines.append(self.format(record))


class _PrivateRotatingFile(RotatingFileHandler):
    """Log files that only their owner may read."""

    def _open(self):  # type: ignore[no-untyped-def]  # logging's own signature differs by version
        Path(self.baseFilename).touch(mode=0o600)
        return super()._open()


def start_logging(home: Path) -> RecentLines:
    """Send everything that is logged to `home/logs/engine.log`; gives the last lines."""
    formatter = logging.Formatter(_FORMAT, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    folder = make_private_folder(home / "logs")
    file = _PrivateRotatingFile(
        folder / "engine.log", maxBytes=LIMIT_BYTES, backupCount=FILES - 1, encoding="utf-8"
    )
    recent = RecentLines()
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    for handler in (file, recent):
        handler.setFormatter(formatter)
        root.addHandler(handler)
    return recent
