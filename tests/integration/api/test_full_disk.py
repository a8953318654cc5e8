"""An engine whose disk is full: said in words, nothing half made, and it goes on."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_process import running_engine
from projects import NOTES
from small_disk import SmallDisk, small_disk

PROJECTS = "/api/v1/projects"


@pytest.fixture
def disk() -> Iterator[SmallDisk]:
    with tempfile.TemporaryDirectory(prefix="engine-") as parent:
        Path(parent).chmod(0o711)
        with small_disk(Path(parent) / "disk") as made:
            yield made


def test_a_project_is_made_whole_or_not_at_all(disk: SmallDisk) -> None:
    home = disk.folder / "home"
    home.mkdir(mode=0o711)
    with running_engine(home) as engine:
        assert engine.client.get(PROJECTS).json() == {"projects": []}
        with disk.full_but_for(0):
            answer = engine.client.post(PROJECTS, json={"blueprint": NOTES})
            assert answer.status_code == 503, answer.text
            assert answer.json()["code"] == "disk-refuses"
            assert "full" in answer.json()["detail"]
            assert list((home / "projects").glob("*")) == []
            assert engine.client.get(PROJECTS).json() == {"projects": []}
        assert list(home.rglob("crash-*")) == []
        assert engine.client.post(PROJECTS, json={"blueprint": NOTES}).status_code == 201
