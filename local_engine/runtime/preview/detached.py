"""Starts a preview that goes on running when this process ends."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from local_engine.runtime.events import (
    Event,
    LogLine,
    OnEvent,
    Rehearsed,
    StageFinished,
    StageStarted,
    ignore,
)
from local_engine.runtime.guarding.forking import ForkedProcess, Forks, ForkServerEnded
from local_engine.runtime.home import engine_home
from local_engine.runtime.own_process import module_command, own_environment
from local_engine.runtime.preview.environment import check_project
from local_engine.runtime.preview.errors import PreviewError
from local_engine.runtime.preview.state import PreviewState

SUPERVISOR = "local_engine.runtime.preview.supervisor"
_END_SECONDS = 15.0

_EVENTS: dict[str, type[Event]] = {
    kind.__name__: kind for kind in (StageStarted, StageFinished, LogLine, Rehearsed)
}


class Supervisor:
    """The process that owns a preview, and how to hear from it and end it.

    `tied` makes it end together with this process; otherwise it stays. With `forks` it is forked,
    as is the project's first start. Raises `PreviewError` for a folder that cannot be previewed.
    """

    def __init__(
        self,
        project: Path,
        *,
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
        tied: bool = False,
        forks: Forks | None = None,
    ) -> None:
        request = {
            "project": str(check_project(project)),
            "port": port,
            "settings": dict(settings or {}),
            "tied": tied,
        }
        self._process = _started(forks)
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        if not tied:
            self._process.stdin.close()

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def hear(self, on_event: OnEvent) -> PreviewState:
        """Hear how the start goes until the preview is ready. Raises `PreviewError`."""
        assert self._process.stdout is not None
        with self._process.stdout as reports:
            return _hear(reports, on_event)

    def end(self) -> None:
        """Ask it to end the preview and itself; returns at once."""
        self._process.terminate()

    def stop(self) -> None:
        """End the preview and the supervisor; returns when both are gone."""
        self.end()
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()  # the guard beside the service ends that
            self._process.wait()


def _started(forks: Forks | None) -> subprocess.Popen[bytes] | ForkedProcess:
    if forks is not None:
        with contextlib.suppress(ForkServerEnded):
            return forks.fork_module(SUPERVISOR, own_environment(), engine_home())
    return subprocess.Popen(
        module_command(SUPERVISOR),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=engine_home(),
        env=own_environment(),
        start_new_session=True,
    )


def start_detached(
    project: Path,
    *,
    on_event: OnEvent = ignore,
    port: int | None = None,
    settings: Mapping[str, str] | None = None,
    forks: Forks | None = None,
) -> PreviewState:
    """Like `Preview.start`, but owned by a supervisor process that stays; returns when it is ready.

    `list_previews` and `stop_preview` find it. Interrupted, it takes back what it has started.
    With `forks` it is sooner there. Raises `PreviewError`.
    """
    supervisor = Supervisor(project, port=port, settings=settings, forks=forks)
    try:
        return supervisor.hear(on_event)
    except BaseException:
        supervisor.stop()
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
