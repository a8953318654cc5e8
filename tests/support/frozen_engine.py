"""The frozen engine for tests: built once a state of the sources, used at a place of its own."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import build_engine
from engine_process import PROGRAM

# Blanks and letters of other alphabets: a user's folder may be called so.
_PLACE = "Zoë's 项目 ünï"


@contextlib.contextmanager
def moved_tree() -> Iterator[Path]:
    """The frozen engine's tree, away from where it was built, for everybody to run."""
    build_engine.build()
    with tempfile.TemporaryDirectory(prefix="frozen-") as folder:
        Path(folder).chmod(0o755)
        tree = Path(folder) / _PLACE / "engine"
        shutil.copytree(build_engine.DEFAULT, tree, symlinks=True, copy_function=_link)
        yield tree


@contextlib.contextmanager
def engine_under_test(tree: Path | None) -> Iterator[None]:
    """Let all tests of the block start the engine of this tree; None: `python -m local_engine`."""
    before = os.environ.pop(PROGRAM, None)
    if tree is not None:
        os.environ[PROGRAM] = shlex.quote(str(build_engine.executable(tree)))
    try:
        yield
    finally:
        os.environ.pop(PROGRAM, None)
        if before is not None:
            os.environ[PROGRAM] = before


def _link(source: str, target: str) -> None:
    """Instead of a copy, where both are on the same disk: it is a matter of 300 MB."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
