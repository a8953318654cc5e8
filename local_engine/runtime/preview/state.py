"""What is written down about each preview, so that other processes find it and can end it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Self

from local_engine.runtime.file_lock import file_lock
from local_engine.runtime.preview.naming import preview_name, previews_folder
from local_engine.runtime.preview.processes import ProcessId
from local_engine.runtime.private_files import (
    make_private_folder,
    read_or_create_secret,
    write_private,
)


@dataclass(frozen=True)
class PreviewState:
    """A preview that is starting, running or paused.

    `owner` is the process that started it and that it does not outlive; `guard` is the one beside
    the service. `port` and `url` are known from the moment the service is being started.
    """

    name: str
    project: str
    status: Literal["starting", "running", "paused"]
    detached: bool
    owner: ProcessId
    started_at: float
    guard: ProcessId | None = None
    pid: int | None = None
    port: int | None = None
    url: str | None = None
    database: str | None = None
    log_path: str | None = None

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The inverse of `to_json`. Raises `ValueError` or `TypeError` for anything else."""
        values: dict[str, Any] = json.loads(text)
        owner, guard = ProcessId(**values.pop("owner")), values.pop("guard")
        return cls(**values, owner=owner, guard=ProcessId(**guard) if guard else None)

    def to_json(self) -> str:
        """The state as a JSON object."""
        return json.dumps(asdict(self), indent=2) + "\n"


class PreviewFolder:
    """The engine's private folder for the preview of one project: state, secret, log."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log = path / "service.log"
        self._state = path / "state.json"
        self._pause = path / "pause.json"
        self.data_lock = path / "data.lock"

    @classmethod
    def of_project(cls, project: Path) -> Self:
        """The folder for the project in this folder, made if need be."""
        return cls(make_private_folder(previews_folder() / preview_name(project)))

    @classmethod
    def of_preview(cls, state: PreviewState) -> Self:
        """The folder of a preview, wherever its project is by now."""
        return cls(previews_folder() / state.name)

    @classmethod
    def all(cls) -> Iterator[Self]:
        """The folders of all projects that ever had a preview here, by name."""
        for path in sorted(previews_folder().iterdir()):
            if path.is_dir():
                yield cls(path)

    @property
    def name(self) -> str:
        """The preview's name, which is also its database's."""
        return self.path.name

    @property
    def secret_key(self) -> str:
        """The key that the project signs tokens with, made at the first call."""
        return read_or_create_secret(self.path / "secret_key")

    @property
    def last_port(self) -> int | None:
        """The port that the service had when it was last ready."""
        try:
            return int((self.path / "port").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None

    @last_port.setter
    def last_port(self, port: int) -> None:
        write_private(self.path / "port", f"{port}\n")

    @property
    def pauser(self) -> ProcessId | None:
        """The living process that pauses the preview, or keeps one from being started."""
        try:
            process = ProcessId(**json.loads(self._pause.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None
        return process if process.find() is not None else None

    @pauser.setter
    def pauser(self, process: ProcessId | None) -> None:
        if process is None:
            self._pause.unlink(missing_ok=True)
        else:
            write_private(self._pause, json.dumps(asdict(process)))

    def read_state(self) -> PreviewState | None:
        """What is written about the preview; None when nothing runs as far as is known."""
        try:
            return PreviewState.from_json(self._state.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return None

    def write_state(self, state: PreviewState) -> None:
        """Write down how the preview is."""
        write_private(self._state, state.to_json())

    def forget_state(self) -> None:
        """Write down that nothing runs."""
        self._state.unlink(missing_ok=True)


def preview_folder_of(project: Path) -> PreviewFolder | None:
    """The folder for the preview of a project that had one before."""
    path = previews_folder() / preview_name(project)
    return PreviewFolder(path) if (path / "secret_key").exists() else None


@contextlib.contextmanager
def previews_locked() -> Iterator[None]:
    """Keep all other processes from starting or ending previews while the block runs."""
    with file_lock(previews_folder() / "lock"):
        yield
