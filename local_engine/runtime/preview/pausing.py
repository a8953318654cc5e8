"""Pausing a preview: its service ends in good order, and is started again afterwards.

Whoever pauses writes down who it is. The preview's owner, a process of its own, sees that its
service was ended for a pause, waits until the pause is over (or whoever asked for it is dead), and
starts the service again, with the code that is then in the project's folder. While there is a
pause, no preview of the project can be started.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from local_engine.runtime.events import LogLine, OnEvent, ignore, stage
from local_engine.runtime.preview.errors import PreviewError
from local_engine.runtime.preview.processes import ProcessId
from local_engine.runtime.preview.registry import end_service, live_state
from local_engine.runtime.preview.service import START_TIMEOUT_SECONDS
from local_engine.runtime.preview.state import PreviewFolder, PreviewState, previews_locked

_PAUSE_SECONDS = 0.03
_PATIENCE_SECONDS = START_TIMEOUT_SECONDS + 15.0


@contextlib.contextmanager
def paused(project: Path, on_event: OnEvent = ignore) -> Iterator[None]:
    """Let nothing of a project run while the block does.

    Raises `PreviewError` when another process pauses it, or its service does not end. That the
    service does not start again is told as a line only: what the block did is done.
    """
    folder = PreviewFolder.of_project(project)
    _wait(folder, lambda state: state is None or state.status != "starting")
    with previews_locked():
        state = live_state(folder)
        if folder.pauser is not None:
            raise PreviewError(
                f"Process {folder.pauser.pid} is changing this project's data. Wait until it is "
                "done, then try again."
            )
        folder.pauser = ProcessId.of(os.getpid())
    try:
        if state is not None:
            with stage(on_event, "pause", "Pause the preview"):
                end_service(state)
                _wait(folder, lambda now: now is None or now.status == "paused")
        yield
    finally:
        folder.pauser = None
        if state is not None:
            _resume(folder, on_event)


def _resume(folder: PreviewFolder, on_event: OnEvent) -> None:
    with stage(on_event, "resume", "Start the preview again"):
        with contextlib.suppress(PreviewError):
            _wait(folder, lambda now: now is None or now.status == "running")
        state = folder.read_state()
    if state is None or state.status != "running":
        on_event(LogLine(f"The preview did not start again; its log says why: {folder.log}"))


def _wait(folder: PreviewFolder, done: Callable[[PreviewState | None], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not done(_living(folder)):
        if time.monotonic() > deadline:
            raise PreviewError("The preview's service did not end. Stop the preview, then repeat.")
        time.sleep(_PAUSE_SECONDS)


def _living(folder: PreviewFolder) -> PreviewState | None:
    state = folder.read_state()
    return state if state is not None and state.owner.find() is not None else None
