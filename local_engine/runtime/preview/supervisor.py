"""Owns a detached preview: `python -m local_engine.runtime.preview.supervisor [DESCRIPTOR]`.

A descriptor is that of a fork server's socket, where this process was forked off one.

The first line of standard input says what to start. Until the preview is ready, each line of
standard output is a JSON object that tells how far it is: `event` with its fields, and at the end
`ready` with the preview's state, or `error` with a message. Then the supervisor stays until the
service ends, and if it is `tied`, at most as long as its standard input stays open. SIGTERM or
the order of `stop_preview` ends both.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

from local_engine.runtime.events import Event
from local_engine.runtime.guarding.forking import Forks
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
    request = json.loads(sys.stdin.buffer.readline())
    signal.signal(signal.SIGTERM, _interrupt)
    if request["tied"]:
        threading.Thread(target=_watch_asker, daemon=True).start()
    report = Report()
    forks = Forks.at(int(sys.argv[1])) if len(sys.argv) > 1 else None
    try:
        preview = Preview.start(
            Path(request["project"]),
            on_event=report.event,
            port=request["port"],
            settings=request["settings"],
            detached=not request["tied"],
            forks=forks,
        )
    except PreviewError as error:
        report.tell({"error": str(error)})
        return 1
    except KeyboardInterrupt:
        report.tell({"error": "The preview was called off while it started."})
        return 1
    finally:
        if forks is not None:
            forks.close()
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
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one would cut the orderly end short
    raise KeyboardInterrupt


def _watch_asker() -> None:
    """End as if told to when whoever asked for the preview is gone."""
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
