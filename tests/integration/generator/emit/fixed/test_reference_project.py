"""The reference app as its owner would check it: types, lint, and layout of the whole project."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from reference_project import FIXED, ROOT, assemble

MYPY = """
[tool.mypy]
strict = true
python_version = "{version}"
cache_dir = "{cache}"
[[tool.mypy.overrides]]
module = ["filetype"]
ignore_missing_imports = true
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's folder."""
    return assemble(tmp_path_factory.mktemp("checked") / "project")


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_it_is_typed(folder: Path, tmp_path: Path) -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    (folder / "pyproject.toml").write_text(MYPY.format(version=version, cache=tmp_path / "mypy"))
    done = run(folder, "mypy", "app")
    assert done.returncode == 0, done.stdout


def test_it_is_linted_and_formatted(folder: Path) -> None:
    config = str(ROOT / "pyproject.toml")
    for arguments in (("check", "--ignore", "S608"), ("format", "--check")):
        done = run(folder, "ruff", *arguments, "--no-cache", "--config", config, "app")
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("part", ["core", "accounts"])
def test_fixed_files_stay_small_and_know_only_each_other(part: str) -> None:
    for path in (FIXED / part).glob("*.py"):
        text = path.read_text()
        assert len(text.splitlines()) <= 400, path.name
        assert "local_engine" not in text
        assert "from app" not in text
