"""Where helper processes find our modules."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_engine.runtime import own_process


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that stands for the one that our package lies in."""
    monkeypatch.setattr(own_process, "_ROOT", tmp_path)
    monkeypatch.setenv("PYTHONPATH", "/mine")
    own_process._is_installed.cache_clear()
    yield tmp_path
    own_process._is_installed.cache_clear()


def test_a_checkout_is_named(packages: Path) -> None:
    assert own_process.own_environment()["PYTHONPATH"] == os.pathsep.join((str(packages), "/mine"))


def test_an_installation_is_not_for_its_packages_would_count_as_ours(packages: Path) -> None:
    (packages / "fastapi-1.0.dist-info").mkdir()
    assert own_process.own_environment()["PYTHONPATH"] == "/mine"
