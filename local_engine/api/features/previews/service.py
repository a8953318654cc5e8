"""The previews of projects, whoever started them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.api.features.previews.schemas import PreviewFacts
from local_engine.api.problems import Problem

if TYPE_CHECKING:
    from local_engine.runtime.preview import PreviewState

_TAIL_BYTES = 256 * 1024


class Previews:
    """What runs on this machine. The machine is asked each time: nothing is remembered."""

    def state(self, folder: Path) -> PreviewState | None:
        """The preview of the project in this folder, if one is starting or running."""
        from local_engine.runtime.preview.state import PreviewFolder

        state = PreviewFolder.of_project(folder).read_state()
        return state if state is not None and state.owner.find() is not None else None

    def facts(self, folder: Path) -> PreviewFacts:
        """Whether the project in this folder runs, and where."""
        state = self.state(folder)
        if state is None:
            return PreviewFacts(status="stopped")
        return PreviewFacts(
            status=state.status,
            url=state.url,
            docs=f"{state.url}/docs" if state.url else None,
            pid=state.pid,
            started_at=datetime.fromtimestamp(state.started_at, UTC),
            stays=state.detached,
        )

    def stop(self, folder: Path) -> None:
        """Stop it, if it runs; its data stays. Raises `Problem` when it does not end."""
        from local_engine.runtime.preview import PreviewError, stop_preview

        if self.state(folder) is None:
            return
        try:
            stop_preview(folder)
        except PreviewError as error:
            if self.state(folder) is not None:
                raise Problem(503, "does-not-end", str(error)) from None

    def log(self, folder: Path) -> Path:
        """Where the project's log is."""
        from local_engine.runtime.preview.state import PreviewFolder

        return PreviewFolder.of_project(folder).log


def last_lines(log: Path, count: int) -> list[str]:
    """The last lines of a log, as far as they are near its end."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL_BYTES))
            text = file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return []
    lines = text.splitlines()
    return lines[-count:] if size <= _TAIL_BYTES else lines[1:][-count:]


def following(log: Path) -> Callable[[], list[str]]:
    """A function that gives the lines that are new since it was last called, rotation included."""
    position = log.stat().st_size if log.exists() else 0
    rest = b""

    def read() -> list[str]:
        nonlocal position, rest
        try:
            with log.open("rb") as file:
                if file.seek(0, 2) < position:  # the log was begun anew
                    position, rest = 0, b""
                file.seek(position)
                content = rest + file.read(_TAIL_BYTES)
                position = file.tell()
        except FileNotFoundError:
            return []
        *lines, rest = content.split(b"\n")
        return [line.decode("utf-8", "replace").rstrip("\r") for line in lines]

    return read
