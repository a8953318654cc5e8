"""What a run of changed code finds compiled from the run before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local_engine.runtime.docker.developing.reload import forget_compiled, state_of

SECOND = 1_790_000_000 * 10**9


def save(file: Path, text: str, after: int) -> None:
    """Write a file so many nanoseconds after a whole second."""
    file.write_text(text)
    os.utime(file, ns=(SECOND + after, SECOND + after))


def shown(folder: Path, compiled: Path) -> str:
    """What a new process that imports the module prints."""
    settings = {"PYTHONPYCACHEPREFIX": str(compiled), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", "import changed, same; print(changed.VALUE, same.VALUE)"]
    done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, check=True)
    return done.stdout.decode().strip()


def test_code_of_equal_length_saved_in_the_same_second_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, compiled = tmp_path / "app", tmp_path / "compiled"
    folder.mkdir()
    monkeypatch.setattr(sys, "pycache_prefix", str(compiled))
    save(folder / "changed.py", "VALUE = 1\n", 1)
    save(folder / "same.py", "VALUE = 5\n", 1)
    assert shown(folder, compiled) == "1 5"
    before = state_of(folder)
    save(folder / "changed.py", "VALUE = 2\n", 900_000_000)
    assert shown(folder, compiled) == "1 5", "to Python nothing has changed"
    forget_compiled(before, state_of(folder))
    left = (compiled / folder.relative_to(folder.anchor)).glob("*.pyc")
    assert [path.name.partition(".")[0] for path in left] == ["same"]
    assert shown(folder, compiled) == "2 5"
