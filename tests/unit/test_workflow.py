"""What CI is told to run is there, and each of its jobs runs something of it."""

from __future__ import annotations

import os
import re
from typing import Any

import checks
from repository_rules import ROOT
from ruamel.yaml import YAML

WORKFLOW: dict[str, Any] = YAML(typ="safe").load(ROOT / ".github/workflows/ci.yml")


def commands() -> list[str]:
    return [
        step["run"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "run" in step
    ]


def test_every_file_and_tier_that_it_names_is_there() -> None:
    places = [word for command in commands() for word in command.replace("\\", "/").split()]
    named = [word for word in places if "/" in word and not word.startswith((".venv", "build"))]
    assert len(named) >= len(WORKFLOW["jobs"])
    for word in named:
        assert (ROOT / word).exists(), word
    assert os.access(ROOT / ".ci/run", os.X_OK)
    tiers = re.findall(r"--tier (\w+)", " ".join(commands()))
    assert "frozen" in tiers
    assert set(tiers) <= set(checks.TIERS)


def test_what_the_tiers_name_is_there() -> None:
    for stages in checks.TIERS.values():
        for _, command in stages:
            for word in command:
                assert not word.startswith("tests/") or (ROOT / word).is_dir(), word


def test_the_frozen_engine_is_tested_on_every_system_that_the_tests_know() -> None:
    systems = WORKFLOW["jobs"]["frozen"]["strategy"]["matrix"]["system"]
    assert {system.partition("-")[0] for system in systems} == {"ubuntu", "macos"}
    assert WORKFLOW["jobs"]["frozen-windows"]["runs-on"].startswith("windows")
