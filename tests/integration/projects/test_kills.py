"""kill -9 at any moment: the repository is sound, the project opens, nothing is lost."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from projects import all_contents, assert_sound, tree

from local_engine.projects import Project

WORKER = Path(__file__).parents[2] / "support/project_worker.py"
ROOT = WORKER.parents[2]


def killed_worker(folder: Path, ledger: Path, seed: int, point: int, seconds: float) -> None:
    """Let the worker go on until it is killed, by itself at `point` or by us after `seconds`."""
    paths = os.pathsep.join([str(ROOT), str(WORKER.parent)])
    command = [sys.executable, str(WORKER), str(folder), str(ledger), str(seed), str(point)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths}
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        if point:
            assert process.wait(timeout=300) == -signal.SIGKILL
        else:
            time.sleep(seconds)
            process.kill()


def assert_nothing_lost(folder: Path, ledger: Path) -> None:
    """What the ledger holds is in the folder or in a version."""
    noted = {json.loads(line).encode() for line in _whole_lines(ledger)}
    found = all_contents(folder) | set(tree(folder).values())
    assert noted <= found, f"{len(noted - found)} of {len(noted)} contents are lost"


def _whole_lines(ledger: Path) -> list[str]:
    text = ledger.read_text() if ledger.exists() else ""
    return text[: text.rfind("\n") + 1].splitlines()


def kills(folder: Path, seeds: range) -> None:
    folder.mkdir()
    project, ledger = folder / "project", folder / "ledger"
    for seed in seeds:
        chosen = random.Random(seed)
        point = chosen.choice([0, chosen.randrange(1, 60), chosen.randrange(1, 600)])
        seconds = chosen.uniform(0, 4)
        print(f"seed {seed}: point {point}, or after {seconds:.2f} s")
        killed_worker(project, ledger, seed, point, seconds)
        opened = Project(project)
        if not opened.exists:
            assert _whole_lines(ledger) == []
            continue
        opened.recover()
        assert_nothing_lost(project, ledger)
        opened.notice()
        assert_sound(project)
        assert opened.history(limit=1).versions
        assert list((project / ".git").rglob("*.lock")) == []


def test_twenty_kills_in_one_project(tmp_path: Path) -> None:
    kills(tmp_path / "place", range(20))


@pytest.mark.full
def test_two_hundred_kills(tmp_path: Path) -> None:
    for number in range(10):
        kills(tmp_path / f"place-{number}", range(100 * (number + 1), 100 * (number + 1) + 20))
