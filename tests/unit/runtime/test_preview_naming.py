"""Names of previews: a project keeps its own wherever its folder goes, and shares it with none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from local_engine.runtime.home import VARIABLE
from local_engine.runtime.identity import (
    PRIVATE,
    new_identity,
    put_taken_up,
    read_identity,
    write_identity,
)
from local_engine.runtime.postgres.databases import check_name
from local_engine.runtime.preview.naming import preview_name, previews_folder

FOLDERS = ["todo", "My Shop (2)", "äöü", "42", "a" * 200, "pg_x", "postgres", ".hidden", "x;drop"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home"


def project(place: Path) -> Path:
    """A folder with a history, as far as names are concerned."""
    (place / PRIVATE).mkdir(parents=True)
    write_identity(place, new_identity())
    return place


@pytest.mark.parametrize("history", [True, False])
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_folder_gives_a_name_that_a_database_may_have(
    folder: str, history: bool, tmp_path: Path
) -> None:
    place = project(tmp_path / folder) if history else tmp_path / folder
    assert check_name(preview_name(place))


def test_different_folders_have_different_names_and_links_do_not_matter(tmp_path: Path) -> None:
    first, second = tmp_path / "a" / "todo", tmp_path / "b" / "todo"
    first.mkdir(parents=True)
    (tmp_path / "link").symlink_to(first)
    assert preview_name(first) != preview_name(second)
    assert preview_name(tmp_path / "link") == preview_name(first)
    assert preview_name(first).startswith("todo_")


def test_a_project_that_is_moved_or_renamed_keeps_its_name(tmp_path: Path) -> None:
    place = project(tmp_path / "notes")
    name = preview_name(place)
    for step in ("other", "notes", "trash/notes-17", "notes"):
        (tmp_path / step).parent.mkdir(exist_ok=True)
        place = place.rename(tmp_path / step)
        assert preview_name(place) == name


def test_a_copy_has_a_name_of_its_own_and_the_original_keeps_its(tmp_path: Path) -> None:
    place = project(tmp_path / "notes")
    name, id_ = preview_name(place), read_identity(place)
    copy = Path(shutil.copytree(place, tmp_path / "copy" / "notes"))
    assert read_identity(copy) == id_
    other = preview_name(copy)
    assert other != name
    assert read_identity(copy) not in {None, id_}
    assert (preview_name(place), preview_name(copy)) == (name, other)
    assert read_identity(place) == id_


def test_what_is_left_of_two_copies_is_the_project(tmp_path: Path) -> None:
    place = project(tmp_path / "notes")
    name = preview_name(place)
    copy = Path(shutil.copytree(place, tmp_path / "copy"))
    shutil.rmtree(place)
    assert preview_name(copy) == name


def test_another_project_in_the_same_place_has_another_name(tmp_path: Path) -> None:
    place = project(tmp_path / "notes")
    name = preview_name(place)
    moved = place.rename(tmp_path / "moved")
    again = project(tmp_path / "notes")
    assert preview_name(again) != name
    assert preview_name(moved) == name


def test_what_was_named_by_its_path_is_taken_over(tmp_path: Path) -> None:
    bare = tmp_path / "notes"
    bare.mkdir()
    name = preview_name(bare)
    (previews_folder() / name).mkdir()
    (bare / PRIVATE).mkdir(parents=True)
    put_taken_up(bare / PRIVATE)
    assert preview_name(bare) == name, "a history, and with it an id, came later"
    moved = bare.rename(tmp_path / "elsewhere")
    assert preview_name(moved) == name
    bare.mkdir()
    assert preview_name(bare) != name, "a folder without a history where the project was"


def test_a_new_project_takes_nothing_over_that_its_path_stands_for(tmp_path: Path) -> None:
    bare = tmp_path / "notes"
    bare.mkdir()
    name = preview_name(bare)
    (previews_folder() / name).mkdir()
    bare.rmdir()
    assert preview_name(project(bare)) != name


def test_a_lost_note_is_found_again_by_the_claim(tmp_path: Path, home: Path) -> None:
    place = project(tmp_path / "notes")
    name = preview_name(place)
    shutil.rmtree(home / "previews-by-project")
    assert preview_name(place) == name
