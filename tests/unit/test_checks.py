"""The tiers' runner: a failed static stage is named, fails the run and keeps the tests from it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import checks
import pytest

ROOT = Path(__file__).parents[2]

GOOD = ["python", "-c", "print('ran')"]
IMPORTING = '''"""Imports from the tests' support."""

import pytest
from projects import demo

__all__ = ["demo", "pytest"]
'''
BAD = ["python", "-c", "raise SystemExit(3)"]


def run(monkeypatch: pytest.MonkeyPatch, *stages: tuple[str, list[str]]) -> int:
    monkeypatch.setattr(checks, "ensure", lambda _profile: None)
    monkeypatch.setitem(checks.TIERS, "fast", list(stages))
    monkeypatch.setattr("sys.argv", ["checks", "--tier", "fast"])
    return checks.main()


def test_all_stages_pass(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, ("lint", GOOD), ("tests", GOOD)) == 0
    out = capfd.readouterr().out
    assert "-- lint: ok in" in out
    assert out.endswith("ran\n"), "the tests' own summary ends the output"


def test_a_failed_stage_is_named_and_the_others_still_run(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, ("lint", BAD), ("types", GOOD), ("tests", GOOD)) == 1
    out = capfd.readouterr().out
    assert "-- lint: FAILED in" in out
    assert out.count("ran") == 1
    assert out.endswith("failed before the tests: lint\n")


def test_failed_tests_fail_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, ("lint", GOOD), ("tests", BAD)) == 1


def test_projects_that_a_demo_has_left_do_not_change_what_lint_says(tmp_path: Path) -> None:
    """A folder beside the sources must not make a module of the tests look like one of ours."""
    for name in ("pyproject.toml", "tests/support/projects.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    (tmp_path / "tests" / "test_it.py").write_text(IMPORTING)
    (tmp_path / "projects" / "todo").mkdir(parents=True)
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "tests/test_it.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
