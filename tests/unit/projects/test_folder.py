"""Writing generated trees: nothing that a person made is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_engine.projects.folder import ProjectFolder
from local_engine.projects.manifest import FOLDER, Manifest

FIRST = {"blueprint.yaml": b"name: A\n", "app/main.py": b"one\n", "app/old.py": b"old\n"}


@pytest.fixture
def folder(tmp_path: Path) -> ProjectFolder:
    project = ProjectFolder(tmp_path / "project")
    project.write(FIRST, blueprint_text="name: A\n")
    return project


def test_first_write(folder: ProjectFolder) -> None:
    assert (folder.path / "app/main.py").read_bytes() == b"one\n"
    assert folder.base_blueprint() == "name: A\n"
    manifest = Manifest.load(folder.path)
    assert manifest is not None
    assert set(manifest.files) == set(FIRST)


def test_writing_the_same_changes_nothing(folder: ProjectFolder) -> None:
    before = (folder.path / "app/main.py").stat().st_mtime_ns
    result = folder.write(FIRST, blueprint_text="name: A\n")
    assert result.written == ()
    assert set(result.unchanged) == set(FIRST)
    assert (folder.path / "app/main.py").stat().st_mtime_ns == before


def test_a_new_version_replaces_generated_files(folder: ProjectFolder) -> None:
    result = folder.write({**FIRST, "app/main.py": b"two\n"}, blueprint_text="name: A\n")
    assert result.written == ("app/main.py",)
    assert (folder.path / "app/main.py").read_bytes() == b"two\n"


def test_an_edited_file_is_kept_again_and_again(folder: ProjectFolder) -> None:
    (folder.path / "app/main.py").write_text("mine\n")
    for version in (b"two\n", b"three\n"):
        result = folder.write({**FIRST, "app/main.py": version}, blueprint_text="name: A\n")
        assert result.kept == ("app/main.py",)
        assert (folder.path / "app/main.py").read_text() == "mine\n"


def test_a_file_that_was_there_before_is_kept(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine\n")
    result = ProjectFolder(tmp_path).write({"README.md": b"generated\n"}, blueprint_text="")
    assert result.kept == ("README.md",)
    assert (tmp_path / "README.md").read_text() == "mine\n"


def test_an_edited_blueprint_gives_way_to_the_text_that_is_generated_from(
    folder: ProjectFolder,
) -> None:
    folder.blueprint.write_text("name: B\n")
    folder.write({**FIRST, "blueprint.yaml": b"name: B\n"}, blueprint_text="name: B\n")
    assert folder.blueprint.read_text() == "name: B\n"
    assert folder.base_blueprint() == "name: B\n"


def test_stale_files_go_unless_edited(folder: ProjectFolder) -> None:
    left = {name: content for name, content in FIRST.items() if name != "app/old.py"}
    assert folder.write(left, blueprint_text="").removed == ("app/old.py",)
    assert not (folder.path / "app/old.py").exists()


def test_an_edited_stale_file_stays(folder: ProjectFolder) -> None:
    (folder.path / "app/old.py").write_text("mine\n")
    left = {name: content for name, content in FIRST.items() if name != "app/old.py"}
    result = folder.write(left, blueprint_text="")
    assert (result.removed, result.kept) == ((), ("app/old.py",))
    assert (folder.path / "app/old.py").read_text() == "mine\n"


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "app/../../evil", ""])
def test_unsafe_paths_are_refused(folder: ProjectFolder, name: str) -> None:
    with pytest.raises(ValueError, match="unsafe path"):
        folder.write({name: b"x"}, blueprint_text="")


def test_a_link_out_of_the_project_is_refused(folder: ProjectFolder, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (folder.path / "link").symlink_to(outside)
    with pytest.raises(ValueError, match="leads out"):
        folder.write({"link/file": b"x"}, blueprint_text="")
    assert list(outside.iterdir()) == []


def test_a_failed_write_leaves_the_old_file(
    folder: ProjectFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="No space"):
        folder.write({**FIRST, "app/main.py": b"two\n"}, blueprint_text="")
    assert (folder.path / "app/main.py").read_bytes() == b"one\n"
    assert list((folder.path / "app").glob(".*")) == []


def test_a_damaged_manifest_is_an_error(folder: ProjectFolder) -> None:
    (folder.path / FOLDER / "manifest.json").write_text("{")
    with pytest.raises(ValueError, match="damaged"):
        folder.write(FIRST, blueprint_text="")
