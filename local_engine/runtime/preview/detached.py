"""Starts a preview that goes on running when this process ends."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from local_engine.runtime.events import Event, LogLine, OnEvent, StageFinished, StageStarted, ignore
from local_engine.runtime.home import engine_home
from local_engine.runtime.own_process import module_command, own_environment
from local_engine.runtime.preview.environment import check_project
from local_engine.runtime.preview.errors import PreviewError
from local_engine.runtime.preview.state import PreviewState

SUPERVISOR = "local_engine.runtime.preview.supervisor"
_END_SECONDS = 15.0

_EVENTS: dict[str, type[Event]] = {
    kind.__name__: kind for kind in (StageStarted, StageFinished, LogLine)
}


def start_detached(
    project: Path,
    *,
    on_event: OnEvent = ignore,
    port: int | None = None,
    settings: Mapping[str, str] | None = None,
) -> PreviewState:
    """Like `Preview.start`, but owned by a supervisor process that stays; returns when it is ready.

    `list_previews` and `stop_preview` find it. Interrupted, it takes back what it has started.
    Raises `PreviewError`.
    """
    request = {
        "project": str(check_project(project)),
        "port": port,
        "settings": dict(settings or {}),
    }
    supervisor = subprocess.Popen(
        module_command(SUPERVISOR),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=engine_home(),
        env=own_environment(),
        start_new_session=True,
    )
    assert supervisor.stdin is not None
    assert supervisor.stdout is not None
    try:
        with supervisor.stdin as requests:
            requests.write(json.dumps(request).encode() + b"\n")
        with supervisor.stdout as reports:
            return _hear(reports, on_event)
    except BaseException:
        supervisor.terminate()
        supervisor.wait(_END_SECONDS)
        raise


def _hear(reports: IO[bytes], on_event: OnEvent) -> PreviewState:
    other: list[str] = []
    for line in reports:
        try:
            message: dict[str, Any] = json.loads(line)
        except ValueError:
            other.append(line.decode(errors="replace").rstrip())
            continue
        if "ready" in message:
            return PreviewState.from_json(json.dumps(message["ready"]))
        if "error" in message:
            raise PreviewError(message["error"])
        kind = _EVENTS.get(message.pop("event"))
        if kind is not None:
            on_event(kind(**message))
    raise PreviewError("The preview's supervisor ended without a word.\n" + "\n".join(other))
