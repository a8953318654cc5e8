"""Owns a detached preview: `python -m local_engine.runtime.preview.supervisor`.

The first line of standard input says what to start. Until the preview is ready, each line of
standard output is a JSON object that tells how far it is: `event` with its fields, and at the end
`ready` with the preview's state, or `error` with a message. Then the supervisor stays until the
service ends. SIGTERM or the order of `stop_preview` ends both.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

from local_engine.runtime.events import Event
from local_engine.runtime.preview.errors import PreviewError
from local_engine.runtime.preview.running import Preview, RunningPreview


class Report:
    """What is told to whoever started us, until they have heard enough or gone away."""

    def __init__(self) -> None:
        self._open = True

    def event(self, event: Event) -> None:
        """Tell an event."""
        self.tell({"event": type(event).__name__, **asdict(event)})

    def tell(self, message: dict[str, Any]) -> None:
        """Tell anything."""
        if self._open:
            try:
                os.write(1, json.dumps(message).encode() + b"\n")
            except BrokenPipeError:
                self._open = False

    def close(self) -> None:
        """Tell nothing more; our standard output and error lead nowhere from now on."""
        self._open = False
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)


def main() -> int:
    """Start what is asked for and stay with it; the exit code is 1 if it could not be started."""
    request = json.loads(sys.stdin.readline())
    signal.signal(signal.SIGTERM, _interrupt)
    report = Report()
    try:
        preview = Preview.start(
            Path(request["project"]),
            on_event=report.event,
            port=request["port"],
            settings=request["settings"],
            detached=True,
        )
    except PreviewError as error:
        report.tell({"error": str(error)})
        return 1
    _stay(preview, report)
    return 0


def _stay(preview: RunningPreview, report: Report) -> None:
    try:
        report.tell({"ready": json.loads(preview.state.to_json())})
        report.close()
        preview.wait()
    except KeyboardInterrupt:
        preview.stop()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
