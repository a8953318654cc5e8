"""The wheel holds every file of the packages, templates and fixed parts included."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from repository_rules import ROOT, SHIPPED, working_tree


def test_the_wheel_is_complete(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    shipped = {name for name in working_tree() if name.startswith(SHIPPED)}
    assert shipped
    assert shipped - packed == set()
    assert {name for name in packed - shipped if ".dist-info/" not in name} == set()
