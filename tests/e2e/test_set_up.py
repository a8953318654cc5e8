"""A fresh copy of the checkout sets itself up from its locks, and only when it has to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from repository_rules import ROOT, working_tree

pytestmark = pytest.mark.full  # installs everything anew


def set_up(checkout: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the set-up for the command line in a checkout."""
    return subprocess.run(
        [sys.executable, ".ci/environment.py", "runtime"],
        cwd=checkout,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_fresh_checkout_sets_itself_up_once(tmp_path: Path) -> None:
    for name in working_tree():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)

    first = set_up(tmp_path)
    assert first.returncode == 0, first.stderr
    assert "installing requirements.lock" in first.stderr
    script = tmp_path / ".venv" / "bin" / "backend-generator"
    assert script.is_file()
    imported = "import local_engine; print(local_engine.__file__)"
    python = script.with_name("python")
    where = subprocess.run([python, "-c", imported], cwd="/", capture_output=True, text=True)
    assert where.stdout.strip() == str(tmp_path / "local_engine" / "__init__.py")

    offline = {"PIP_NO_INDEX": "1"}
    second = set_up(tmp_path, **offline)
    assert (second.returncode, second.stderr) == (0, "")

    lock = tmp_path / "requirements.lock"
    lock.write_text(f"{lock.read_text()}no-such-distribution==1.0 --hash=sha256:{'0' * 64}\n")
    changed = set_up(tmp_path, **offline)
    assert changed.returncode == 2
    assert "setting up" in changed.stderr
