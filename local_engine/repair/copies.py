"""Copies of a project in which candidates run; the user's folder is never used for that."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from local_engine.runtime.file_lock import LockTimeoutError, file_lock
from local_engine.runtime.home import engine_home

_FOLDER = "repairing"
_LOCK = ".lock"


@contextlib.contextmanager
def workplace() -> Iterator[Path]:
    """A folder for the copies of one repair, gone afterwards.

    Those of repairs that were killed go now: nobody holds their locks.
    """
    home = engine_home() / _FOLDER
    home.mkdir(mode=0o700, exist_ok=True)
    with contextlib.ExitStack() as held:
        with file_lock(home / _LOCK, shared_with_forks=False):
            for old in home.iterdir():
                _remove_if_free(old)
            folder = Path(tempfile.mkdtemp(dir=home))
            held.enter_context(file_lock(folder / _LOCK, shared_with_forks=False))
        held.callback(shutil.rmtree, folder, ignore_errors=True)
        yield folder


@contextlib.contextmanager
def copy_of(
    files: Mapping[str, bytes], changes: Mapping[str, bytes | None], place: Path
) -> Iterator[Path]:
    """A folder in `place` with the files as the changes make them (None: without that file).

    Each copy is a new folder, so that nothing compiled of another one is taken for its own.
    """
    folder = Path(tempfile.mkdtemp(dir=place)) / "project"
    try:
        for path, content in {**files, **changes}.items():
            if content is not None:
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        yield folder
    finally:
        shutil.rmtree(folder.parent, ignore_errors=True)


def _remove_if_free(folder: Path) -> None:
    with (
        contextlib.suppress(LockTimeoutError, OSError),
        file_lock(folder / _LOCK, timeout_seconds=0.0),
    ):
        shutil.rmtree(folder, ignore_errors=True)
