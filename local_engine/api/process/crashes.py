"""Writes down what nobody caught, so that a person can send it to us."""

from __future__ import annotations

import faulthandler
import logging
import platform
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import local_engine
from local_engine.api.process.logs import RecentLines
from local_engine.runtime.private_files import make_private_folder, write_private

KEPT = 20
_log = logging.getLogger(__name__)


class CrashReports:
    """Reports in `home/crashes`, the last `KEPT`; without environment or requests: no secrets."""

    def __init__(self, home: Path, recent: RecentLines) -> None:
        self.folder = make_private_folder(home / "crashes")
        self._recent = recent
        self._fatal = (self.folder / "fatal.txt").open("a")

    def install(self) -> None:
        """Report what ends a thread or the process from now on."""
        sys.excepthook = self._on_exception
        threading.excepthook = self.on_thread
        faulthandler.enable(self._fatal)

    def close(self) -> None:
        """Write nothing more of what ends the process at once."""
        faulthandler.disable()
        self._fatal.close()

    def write(self, where: str, error: BaseException) -> Path:
        """Write a report and give its file."""
        now = datetime.now(UTC)
        path = self.folder / f"crash-{now:%Y%m%dT%H%M%S.%f}Z.txt"
        lines = [
            f"Backend Generator {local_engine.__version__}, {now.isoformat(timespec='seconds')}",
            f"Python {platform.python_version()}, {platform.platform()}",
            f"in {where}",
            "",
            *traceback.format_exception(error),
            "Last lines of the log:",
            *self._recent.lines,
        ]
        write_private(path, "\n".join(line.rstrip("\n") for line in lines) + "\n")
        for old in sorted(self.folder.glob("crash-*.txt"))[:-KEPT]:
            old.unlink(missing_ok=True)
        return path

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            _log.critical("crash report: %s", self.write("the main thread", error))
        sys.__excepthook__(kind, error, trace)

    def on_thread(self, hook: threading.ExceptHookArgs) -> None:
        """Report what ended a thread."""
        if hook.exc_value is None or hook.exc_type is SystemExit:
            return
        name = hook.thread.name if hook.thread else "a thread"
        _log.error("crash report: %s", self.write(f"the thread {name}", hook.exc_value))
