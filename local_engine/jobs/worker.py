"""Carries out one job in a process of its own: `python -m local_engine.jobs.worker`.

The first line of standard input is a JSON object: `job`, `home`, `folder`, `request` and `secrets`.
Each line of standard output is one, too: `event`, and at the end `result`, `failed` or `cancelled`.
SIGTERM, or the end of standard input, calls the job off; what it has started is then ended in good
order.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from local_engine.jobs.events import Event
from local_engine.jobs.kind import Place
from local_engine.jobs.kinds.all_kinds import KINDS
from local_engine.jobs.run import JobCancelled, JobFailed, Run, Stoppable

_PATIENCE_SECONDS = 10.0


class Words:
    """What is said on standard output; other things that are printed go to standard error."""

    def __init__(self) -> None:
        self._out = os.dup(1)
        os.dup2(2, 1)
        self._lock = threading.Lock()

    def say(self, **message: Any) -> None:
        """Say one thing. Raises `BrokenPipeError` when nobody listens any more."""
        line = json.dumps(message).encode() + b"\n"
        with self._lock:
            while line:
                line = line[os.write(self._out, line) :]

    def event(self, event: Event) -> None:
        """Say that something happened."""
        self.say(event=event.model_dump(mode="json"))


def main() -> int:
    """Do the job that standard input asks for; the exit code is 0 if that was told."""
    words = Words()
    signal.signal(signal.SIGTERM, _call_off)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is the engine's business
    asked = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_watch_engine, daemon=True).start()
    kind = KINDS[asked["request"]["kind"]]
    folder = asked["folder"]
    place = Place(
        asked["job"], Path(asked["home"]), Path(folder) if folder else None, asked["secrets"]
    )
    try:
        request = kind.request.model_validate(asked["request"])
        result = kind.run(Run(words.event, _keep_nothing), request, place)
        words.say(result=result.model_dump(mode="json"))
    except JobFailed as failure:
        words.say(failed=failure.as_event().model_dump(exclude={"type"}))
    except (KeyboardInterrupt, JobCancelled, BrokenPipeError):
        with contextlib.suppress(BrokenPipeError):
            words.say(cancelled=True)
    return 0


def _keep_nothing(_what: Stoppable) -> None:
    raise RuntimeError("a job in a process of its own cannot leave anything running")


def _call_off(_signal: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough: cleaning up shall not be cut
    raise KeyboardInterrupt  # which no check mistakes for a failure of the project


def _watch_engine() -> None:
    """Call the job off when the engine is gone; insist when that takes too long."""
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(_PATIENCE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
