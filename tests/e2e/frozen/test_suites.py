"""The tests that see the engine and the command line from outside, with the frozen ones."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from repository_rules import ROOT

pytestmark = pytest.mark.full


@pytest.mark.parametrize(("folder", "at_least"), [("api", 400), ("cli", 40)])
def test_what_passes_unfrozen_passes_frozen(folder: str, at_least: int, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    command = ["-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", f"--junitxml={report}"]
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, *command, f"tests/integration/{folder}"],
        cwd=ROOT,
        env=inherited,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-8000:]
    suite = ElementTree.parse(report).find("testsuite")  # noqa: S314 - pytest's own
    assert suite is not None
    assert int(suite.attrib["skipped"]) == 0, done.stdout[-4000:]
    assert int(suite.attrib["tests"]) >= at_least
