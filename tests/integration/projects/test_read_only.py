"""A folder that nobody may write to: it can be read, and the refusal says what to do."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_process import launch
from projects import STARRED, all_contents, assert_sound, notes_project, tree
from small_disk import SmallDisk, small_disk

from local_engine.generator.blueprint import load


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as made:
        yield made


def test_a_project_can_be_read_and_is_not_touched(disk: SmallDisk) -> None:
    project = notes_project(disk.folder / "notes")
    (project.folder / "mine.md").write_bytes(b"no UTF-8: \xff\xfe")
    (project.folder / os.fsdecode(b"caf\xe9.txt")).write_bytes(b"\xe9")
    before = tree(project.folder)
    with disk.read_only():
        assert len(project.history().versions) == 1
        with pytest.raises(OSError, match="Read-only") as refusal:
            project.generate(load(STARRED))
        assert refusal.value.errno == errno.EROFS
        assert str(refusal.value.filename).startswith(str(project.folder))
        assert tree(project.folder) == before
    project.generate(load(STARRED))
    assert set(before.values()) <= all_contents(project.folder)
    assert_sound(project.folder)


def test_an_engine_says_which_folder_and_what_to_do(disk: SmallDisk) -> None:
    home = disk.folder / "home"
    home.mkdir()
    with disk.read_only(), launch(home) as process:
        said, complaint = process.communicate(timeout=60)
    assert (process.returncode, said) == (3, "")
    assert str(home) in complaint
    assert "Make it writable" in complaint
