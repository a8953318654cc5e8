"""Trees of files: safe paths, a fixed order, whole files on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_engine.generator.emit import FileTree, write


@pytest.mark.parametrize(
    "path", ["../x", "/x", "a/../b", "a//b", "./a", "a\\b", "C:x", "", "a/", "a/./b"]
)
def test_paths_stay_inside(path: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        FileTree({path: b""})


def test_files_are_in_the_order_of_their_paths() -> None:
    tree = FileTree({"b": "2", "a/z": "1", "a/b": b"\x00"})
    assert list(tree) == ["a/b", "a/z", "b"]
    assert tree["b"] == b"2"
    assert tree.text("a/z") == "1"


def test_writing_replaces_files_and_keeps_others(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("own")
    write(FileTree({"a/b.txt": "one"}), tmp_path)
    write(FileTree({"a/b.txt": "two"}), tmp_path)
    assert (tmp_path / "a/b.txt").read_text() == "two"
    assert (tmp_path / "kept").read_text() == "own"
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == ["b.txt"]


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(FileTree({"b.txt": "one"}), tmp_path)

    def fail(*_: Path) -> Path:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write(FileTree({"b.txt": "two"}), tmp_path)
    assert (tmp_path / "b.txt").read_text() == "one"
    assert [p.name for p in tmp_path.iterdir()] == ["b.txt"]
