"""The list of projects: nothing is only in the database."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local_engine.projects.index import DATABASE, ProjectIndex
from local_engine.projects.layout import GIT, PRIVATE
from local_engine.runtime.docker.place import DeploymentPlace
from local_engine.runtime.home import VARIABLE
from local_engine.runtime.preview.naming import preview_name


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def folder(place: Path) -> Path:
    """A folder that has a place for an id, as one with a history has."""
    (place / GIT / PRIVATE).mkdir(parents=True)
    return place


def test_what_is_added_is_found(home: Path, tmp_path: Path) -> None:
    index = ProjectIndex(home)
    place = folder(tmp_path / "a")
    entry = index.add(place, "A", ("x", "y"))
    assert index.get(entry.id) == index.at(place) == entry
    assert index.add(place, "Another name") == entry
    assert index.all() == [entry]
    index.remove(entry.id)
    assert ProjectIndex(home).all() == []


def test_the_last_opened_comes_first(home: Path, tmp_path: Path) -> None:
    index = ProjectIndex(home)
    first, second = (index.add(folder(tmp_path / name), name) for name in "ab")
    index.opened(first.id)
    assert [entry.id for entry in index.all()] == [first.id, second.id]
    changed = index.change(second.id, name="B", tags=("t",))
    assert changed is not None
    assert (changed.name, changed.tags) == ("B", ("t",))
    assert index.change("nothing", name="x") is None


@pytest.mark.parametrize("harm", ["deleted", "damaged", "emptied", "page"])
def test_a_lost_database_is_made_again(home: Path, tmp_path: Path, harm: str) -> None:
    index = ProjectIndex(home)
    for number in range(30):
        index.add(folder(tmp_path / str(number)), f"name {number}", ("t",))
    before = index.all()
    index.close()
    path = home / DATABASE
    if harm == "deleted":
        path.unlink()
    elif harm == "emptied":
        path.write_bytes(b"")
    elif harm == "damaged":
        path.write_bytes(b"no database" * 500)
    else:
        content = bytearray(path.read_bytes())
        content[4096 : 4096 + 2000] = b"\xff" * 2000
        path.write_bytes(content)
    again = ProjectIndex(home)
    assert again.all() == before
    if harm in {"damaged", "page"}:
        assert len(list(home.glob(f"{DATABASE}.damaged-*"))) >= 1


def test_a_moved_project_is_known_again(home: Path, tmp_path: Path) -> None:
    index = ProjectIndex(home)
    entry = index.add(folder(tmp_path / "a"), "A", ("t",))
    (tmp_path / "a").rename(tmp_path / "b")
    moved = index.add(tmp_path / "b", "b")
    assert (moved.id, moved.name, moved.tags) == (entry.id, "A", ("t",))
    assert index.at(tmp_path / "a") is None
    assert len(index.all()) == 1


def test_a_copy_is_a_project_of_its_own(home: Path, tmp_path: Path) -> None:
    index = ProjectIndex(home)
    entry = index.add(folder(tmp_path / "a"), "A")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    copy = index.add(tmp_path / "b", "b")
    assert copy.id != entry.id
    assert {found.folder for found in index.all()} == {tmp_path / "a", tmp_path / "b"}
    assert index.add(tmp_path / "a", "A").id == entry.id


def test_another_project_in_the_place_of_one_is_not_taken_for_it(
    home: Path, tmp_path: Path
) -> None:
    index = ProjectIndex(home)
    first, second = (index.add(folder(tmp_path / name), name) for name in "ab")
    shutil.rmtree(tmp_path / "a")
    (tmp_path / "b").rename(tmp_path / "a")
    assert index.add(tmp_path / "a", "x").id == second.id
    assert [entry.id for entry in index.all()] == [second.id]
    assert first.id != second.id
    shutil.copytree(tmp_path / "a", tmp_path / "c")
    third = index.add(tmp_path / "c", "c")
    shutil.rmtree(tmp_path / "c")
    shutil.copytree(tmp_path / "a", tmp_path / "c")
    copy = index.add(tmp_path / "c", "c")
    assert copy.id not in {second.id, third.id}
    assert ProjectIndex(home).all() == index.all()


def test_a_list_of_another_user_folder_takes_the_id_of_the_folder(tmp_path: Path) -> None:
    homes = [tmp_path / name for name in ("one", "two")]
    for home in homes:
        home.mkdir()
    place = folder(tmp_path / "a")
    first, second = (ProjectIndex(home).add(place, "A").id for home in homes)
    assert first == second


def test_an_older_database_is_backed_up_and_brought_up_to_date(home: Path) -> None:
    ProjectIndex(home).close()
    with sqlite3.connect(home / DATABASE) as connection:
        connection.execute("DROP INDEX projects_by_opening")
        now = datetime.now(UTC).isoformat()
        connection.execute(
            "INSERT INTO projects VALUES (?, ?, ?, ?, ?, ?)", ("1", "/a", "A", "[]", now, now)
        )
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    assert [entry.id for entry in ProjectIndex(home).all()] == ["1"]
    assert len(list(home.glob(f"{DATABASE}.before-*"))) == 1


def test_a_damaged_note_is_passed_over(home: Path, tmp_path: Path) -> None:
    index = ProjectIndex(home)
    kept = index.add(folder(tmp_path / "a"), "A")
    lost = index.add(folder(tmp_path / "b"), "B")
    index.close()
    (home / "known-projects" / f"{lost.id}.json").write_text("{")
    (home / DATABASE).unlink()
    again = ProjectIndex(home)
    assert again.all() == [kept]
    assert again.add(tmp_path / "b", "B").id == lost.id


def test_a_new_project_is_not_taken_for_one_that_is_gone(home: Path, tmp_path: Path) -> None:
    index = ProjectIndex(home)
    place = folder(tmp_path / "a")
    gone = index.begin(place, "Gone", ("t",))
    shutil.rmtree(place)
    again = index.begin(place, "New")
    assert again.id != gone.id
    assert (again.name, again.tags) == ("New", ())
    assert index.all() == ProjectIndex(home).all() == [again]


def test_one_that_has_a_history_keeps_its_id_when_it_is_begun(home: Path, tmp_path: Path) -> None:
    index = ProjectIndex(home)
    entry = index.add(folder(tmp_path / "a"), "A", ("t",))
    assert index.begin(tmp_path / "a", "B") == entry


@pytest.mark.parametrize("ran", ["never", "here", "deployed"])
def test_one_that_is_begun_keeps_its_entry_as_long_as_it_has_no_data(
    home: Path, tmp_path: Path, ran: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(home))
    index = ProjectIndex(home)
    place = tmp_path / "a"
    begun = index.begin(place, "A", ("t",))
    if ran == "here":
        index.opened(index.add(folder(place), "A").id)
        assert preview_name(place)
        shutil.rmtree(place)
    elif ran == "deployed":
        DeploymentPlace.of(begun.id)
    place.mkdir()
    (place / "blueprint.yaml").write_text("blueprint: 1\n")
    assert (index.begin(place, "B") == begun) is (ran == "never")
