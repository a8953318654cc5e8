"""All previews of this machine's user, whichever process started them.

They share one PostgreSQL server in the engine's folder. It is started with the first preview and
stopped with the last one: previews are counted by their state files, and a state whose owner is
dead does not count. So nothing is left running when all previews have ended, however they ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import psutil

from local_engine.runtime.guarding import guard
from local_engine.runtime.home import engine_home
from local_engine.runtime.postgres import Database, PostgresServer
from local_engine.runtime.preview.errors import PreviewError
from local_engine.runtime.preview.naming import preview_name, previews_folder
from local_engine.runtime.preview.processes import ProcessId
from local_engine.runtime.preview.state import (
    PreviewFolder,
    PreviewState,
    previews_locked,
)
from local_engine.runtime.private_files import write_private

_STOP_TIMEOUT_SECONDS = guard.STOP_SECONDS + 10.0
_PAUSE_SECONDS = 0.03
_STOP_REQUEST = "stop-requested"


def preview_server() -> PostgresServer:
    """The PostgreSQL server that all previews share."""
    return PostgresServer(engine_home() / "postgresql")


def start_database(folder: PreviewFolder) -> Database:
    """Start the server if need be; gives the preview's database. Call it with `previews_locked`."""
    server = preview_server()
    server.start()
    return server.create_database(folder.name)


@contextlib.contextmanager
def held_server() -> Iterator[PostgresServer]:
    """The previews' server, running as long as the block does, with or without previews."""
    holder = previews_folder() / f"held-{secrets.token_hex(8)}.json"
    server = preview_server()
    try:
        with previews_locked():
            write_private(holder, json.dumps(asdict(ProcessId.of(os.getpid()))))
            server.start()
        yield server
    finally:
        with previews_locked():
            holder.unlink(missing_ok=True)
            stop_idle_server()


def list_previews() -> list[PreviewState]:
    """The previews that are starting or running now, by name; leftovers are cleared away."""
    with previews_locked():
        states = _live_states()
        stop_idle_server()
    return states


def stop_preview(which: Path | str) -> PreviewState:
    """Stop one preview, whichever process started it, and wait until it is gone.

    `which` is the project's folder, the preview's name, or the name of the project's folder where
    only one preview has such a one. Returns what was stopped; raises `PreviewError` when nothing
    of that name runs or it does not end.
    """
    state = _find(which, list_previews())
    folder = PreviewFolder.of_preview(state)
    request_stop(state)
    deadline = time.monotonic() + _STOP_TIMEOUT_SECONDS
    while (left := folder.read_state()) and left.started_at == state.started_at:
        if time.monotonic() > deadline:
            raise PreviewError(
                f"The preview {state.name} (process {state.owner.pid}) did not end. "
                "End that process by the means of your system."
            )
        if state.owner.find() is None:
            list_previews()  # clears it away
        time.sleep(_PAUSE_SECONDS)
    return state


def stop_previews_in(folder: Path) -> list[PreviewState]:
    """Stop every preview of a project that is, or was, in a folder; returns what was stopped.

    Raises `PreviewError` when one does not end.
    """
    place = str(folder.resolve())
    return [stop_preview(state.name) for state in list_previews() if state.project == place]


def stop_all() -> list[PreviewState]:
    """Stop every preview and the database server; returns what was stopped."""
    stopped = []
    for state in list_previews():
        with contextlib.suppress(PreviewError):  # it ended by itself
            stopped.append(stop_preview(state.name))
    with previews_locked():
        stop_idle_server()
    return stopped


def request_stop(state: PreviewState) -> None:
    """Ask a preview to stop, without waiting; one that is still starting stops when it is up."""
    (PreviewFolder.of_preview(state).path / _STOP_REQUEST).touch()
    end_service(state)


def is_stop_requested(folder: PreviewFolder) -> bool:
    """Whether another process asked the preview to stop; the request stays."""
    return (folder.path / _STOP_REQUEST).exists()


def stop_requested(folder: PreviewFolder) -> bool:
    """Whether another process asked the preview to stop; the request is taken off."""
    request = folder.path / _STOP_REQUEST
    asked = is_stop_requested(folder)
    request.unlink(missing_ok=True)
    return asked


def live_state(folder: PreviewFolder) -> PreviewState | None:
    """The state of a preview whose owner lives; what a dead owner left is cleared away.

    Call it with `previews_locked`.
    """
    state = folder.read_state()
    if state is not None and state.owner.find() is not None:
        return state
    if state is not None:
        end_service(state)
    folder.forget_state()
    stop_requested(folder)
    return None


def stop_idle_server() -> None:
    """Stop the database server if nobody needs it. Call it with `previews_locked`."""
    if not _live_states() and not _held():
        preview_server().stop()


def _held() -> bool:
    """Whether a living process holds the server; what dead ones wrote is cleared away."""
    for holder in previews_folder().glob("held-*.json"):
        with contextlib.suppress(OSError, ValueError, TypeError):
            if ProcessId(**json.loads(holder.read_text(encoding="utf-8"))).find() is not None:
                return True
        holder.unlink(missing_ok=True)
    return False


def _live_states() -> list[PreviewState]:
    return [state for folder in PreviewFolder.all() if (state := live_state(folder)) is not None]


def end_service(state: PreviewState) -> None:
    """Ask the guard beside the service to end it; nothing is left to do if it is gone."""
    process = state.guard and state.guard.find()
    if process:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()


def _find(which: Path | str, states: list[PreviewState]) -> PreviewState:
    wanted = str(which)
    exact = [s for s in states if s.name in {wanted, preview_name(Path(wanted))}]
    if exact:
        return exact[0]
    alike = [s for s in states if Path(s.project).name == wanted]
    if len(alike) == 1:
        return alike[0]
    if alike:
        names = ", ".join(s.name for s in alike)
        raise PreviewError(f"Several previews are called {wanted}. Name one of: {names}")
    names = ", ".join(s.name for s in states) or "none"
    raise PreviewError(f"No preview of {wanted} is running. Running previews: {names}.")
