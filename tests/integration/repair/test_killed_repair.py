"""A repair that is killed leaves the project as it was; the next one clears away its copies."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from command_line import run_json
from engine_process import command_line
from generated_project import make_project

from local_engine.runtime.home import VARIABLE

PAGES = "app/core/pagination.py"

pytestmark = pytest.mark.full


def copies(home: Path) -> list[Path]:
    return [path for path in (home / "repairing").iterdir() if path.is_dir()]


def test_killed_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv(VARIABLE, str(home))
    project = make_project(tmp_path / "todo")
    text = (project / PAGES).read_text()
    (project / PAGES).write_text(text.replace("MAX_LIMIT = 100\n", "MAX_LIMIT = LARGEST\n"))
    before = {path: path.read_bytes() for path in project.rglob("*.py")}
    asked = [*command_line(), "repair", str(project), "--groups", "boot", "--yes"]
    with subprocess.Popen(asked, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as repair:
        deadline = time.monotonic() + 120
        while not list(home.glob("repairing/*/*/project/app")):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        repair.kill()
    assert {path: path.read_bytes() for path in project.rglob("*.py")} == before
    assert copies(home)

    facts = run_json("repair", str(project), "--groups", "boot", "--yes", cwd=tmp_path)
    assert facts["applied"]
    assert copies(home) == []
    assert (project / PAGES).read_text() == text
