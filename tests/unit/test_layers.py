"""The import contracts of pyproject.toml forbid what the design forbids, and allow what it allows.

Each case is a skeleton of the whole product with one import in it, judged by import-linter with
the repository's own contracts: so they hold for parts that do not exist yet, too.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from repository_rules import ROOT

PARTS = [
    "local_engine.generator.blueprint",
    "local_engine.generator.planner",
    "local_engine.generator.agents",
    "local_engine.generator.emit",
    "local_engine.generator.importing",
    "local_engine.generator.exporting",
    "local_engine.projects",
    "local_engine.runtime",
    "local_engine.verification",
    "local_engine.repair",
    "local_engine.sync",
    "local_engine.account",
    "local_engine.secrets",
    "local_engine.contracts",
    "local_engine.jobs",
    "local_engine.storage",
    "local_engine.api",
    "local_engine.cli",
    "cloud_api",
    "cloud_api.features",
    "cloud_api.services",
]
ALLOWED = [
    ("local_engine.cli", "local_engine.verification"),
    ("local_engine.cli", "local_engine.generator.emit"),
    ("local_engine.api", "local_engine.sync"),
    ("local_engine.api", "local_engine.jobs"),
    ("local_engine.__main__", "local_engine.api"),
    ("local_engine.cli", "local_engine.jobs"),
    ("local_engine.jobs", "local_engine.verification"),
    ("local_engine.jobs", "local_engine.projects"),
    ("local_engine.projects", "local_engine.storage"),
    ("local_engine.repair", "local_engine.verification"),
    ("local_engine.verification", "local_engine.generator.blueprint"),
    ("local_engine.generator.planner", "local_engine.generator.blueprint"),
    ("local_engine.generator.agents", "local_engine.generator.planner"),
    ("local_engine.generator.emit", "local_engine.generator.blueprint"),
    ("local_engine.generator.importing", "local_engine.generator.blueprint"),
    ("local_engine.generator.exporting", "local_engine.generator.blueprint"),
    ("local_engine.sync", "local_engine.contracts"),
    ("local_engine.account", "local_engine.secrets"),
    ("local_engine.jobs", "local_engine.account"),
    ("cloud_api.features", "local_engine.generator.agents"),
    ("cloud_api.features", "local_engine.contracts"),
    ("cloud_api.features", "cloud_api.services"),
]
FORBIDDEN = [
    ("local_engine.generator.blueprint", "local_engine.generator.planner"),
    ("local_engine.generator.planner", "local_engine.generator.emit"),
    ("local_engine.generator.planner", "local_engine.generator.agents"),
    ("local_engine.generator.emit", "local_engine.generator.planner"),
    ("local_engine.generator.emit", "local_engine.generator.agents"),
    ("local_engine.generator.agents", "local_engine.generator.emit"),
    ("local_engine.verification", "local_engine.generator.agents"),
    ("local_engine.generator.importing", "local_engine.generator.emit"),
    ("local_engine.generator.exporting", "local_engine.generator.importing"),
    ("local_engine.generator.emit", "local_engine.verification"),
    ("local_engine.generator.blueprint", "local_engine.contracts"),
    ("local_engine.verification", "local_engine.generator.emit"),
    ("local_engine.verification", "local_engine.generator.planner"),
    ("local_engine.verification", "local_engine.runtime"),
    ("local_engine.verification", "local_engine.projects"),
    ("local_engine.verification", "local_engine.account"),
    ("local_engine.account", "local_engine.jobs"),
    ("cloud_api.features", "local_engine.account"),
    ("local_engine.runtime", "local_engine.cli"),
    ("local_engine.cli", "local_engine.api"),
    ("local_engine.jobs", "local_engine.api"),
    ("local_engine.runtime", "local_engine.jobs"),
    ("cloud_api.features", "local_engine.jobs"),
    ("local_engine.storage", "local_engine.generator"),
    ("local_engine.contracts", "local_engine.generator.blueprint"),
    ("local_engine.generator.agents", "cloud_api"),
    ("local_engine.cli", "cloud_api"),
    ("cloud_api.features", "local_engine.runtime"),
    ("cloud_api.features", "local_engine.verification"),
    ("cloud_api.services", "cloud_api.features"),
]


@pytest.mark.parametrize(("importer", "imported"), ALLOWED)
def test_an_import_downwards_is_kept(importer: str, imported: str, tmp_path: Path) -> None:
    result = _judge(tmp_path, importer, imported)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("importer", "imported"), FORBIDDEN)
def test_any_other_import_is_broken(importer: str, imported: str, tmp_path: Path) -> None:
    result = _judge(tmp_path, importer, imported)
    assert result.returncode == 1, result.stdout
    assert f"{importer} -> {imported}" in result.stdout.replace(".source", "")


def test_an_unnamed_part_is_broken(tmp_path: Path) -> None:
    result = _judge(tmp_path, "local_engine.surprise", "local_engine.generator")
    assert result.returncode == 1
    assert "surprise" in result.stdout


def _judge(folder: Path, importer: str, imported: str) -> subprocess.CompletedProcess[str]:
    for part in (*PARTS, importer):
        package = folder
        for name in part.split("."):
            package /= name
            package.mkdir(exist_ok=True)
            (package / "__init__.py").touch()
    source = folder.joinpath(*importer.split("."), "source.py")
    source.write_text(f"import {imported}\n")
    shutil.copy(ROOT / "pyproject.toml", folder)
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )
