"""Deleted projects, on the command line and over HTTP: never gone before somebody agreed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import run, run_json
from engine_process import running_engine

from local_engine.generator.blueprint import load
from local_engine.projects import Project
from local_engine.projects.index import ProjectIndex
from local_engine.projects.trash import Trash

NOTES = "blueprint: 1\nname: Notes\nentities:\n  Note:\n    fields: {text: string}\n"


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="trash-") as folder:
        place = Path(folder).resolve()
        place.chmod(0o755)
        (place / "home").mkdir(mode=0o755)
        monkeypatch.setenv("BACKEND_GENERATOR_HOME", str(place / "home"))
        Project.create(place / "notes", load(NOTES))
        (place / "notes/mine.txt").write_text("mine")
        yield place


def test_deleting_listing_and_bringing_back(place: Path) -> None:
    refused = run("delete", "notes", cwd=place, code=2)
    assert "nobody is there to be asked" in refused.stderr
    assert (place / "notes/mine.txt").is_file()
    deleted = run_json("delete", "notes", "--yes", cwd=place)["deleted"]
    assert not (place / "notes").exists()
    (listed,) = run_json("trash", cwd=place)["trash"]
    assert (listed["id"], listed["name"]) == (deleted, "notes")
    assert listed["folder"] == str(place / "notes")
    assert listed["files"] > 50
    assert listed["bytes"] > 10_000
    shown = run("trash", cwd=place).stdout
    assert deleted in shown
    assert "0 min" in shown
    assert "kB" in shown
    Project.create(place / "notes", load(NOTES))
    back = run_json("trash", "restore", "notes", cwd=place)["restored"]
    assert back == str(place / "notes-2")
    assert (place / "notes-2/mine.txt").read_text() == "mine"
    assert "empty" in run("trash", cwd=place).stdout
    assert "no" in run("trash", "restore", "notes", cwd=place, code=2).stderr


def test_emptying_asks_first(place: Path) -> None:
    first = run_json("delete", "notes", "--yes", cwd=place)["deleted"]
    Project.create(place / "notes", load(NOTES))
    second = run_json("delete", "notes", "--yes", cwd=place)["deleted"]
    both = run("trash", "empty", "notes", "--yes", cwd=place, code=2)
    assert first in both.stderr
    assert second in both.stderr
    assert "nobody is there" in run("trash", "empty", cwd=place, code=2).stderr
    assert len(Trash(place / "home").all()) == 2
    assert run_json("trash", "empty", first, "--yes", cwd=place)["removed"] == [first]
    assert [one.id for one in Trash(place / "home").all()] == [second]
    assert run_json("trash", "empty", "--yes", cwd=place)["removed"] == [second]
    assert list((place / "home/trash").iterdir()) == []


def test_over_http(place: Path) -> None:
    with running_engine(place / "home") as engine:
        client = engine.client
        project = client.post("/api/v1/projects/open", json={"folder": str(place / "notes")}).json()
        client.patch(f"/api/v1/projects/{project['id']}", json={"name": "Mine", "tags": ["a"]})
        path = f"/api/v1/projects/{project['id']}"
        word = client.post(f"{path}/deletion").json()["confirmation"]
        assert client.delete(path, params={"confirmation": word}).status_code == 204
        (listed,) = client.get("/api/v1/trash").json()["projects"]
        assert listed["name"] == "Mine"
        back = client.post(f"/api/v1/trash/{listed['id']}/restore").json()
        assert (back["id"], back["name"], back["tags"]) == (project["id"], "Mine", ["a"])
        assert (place / "notes/mine.txt").is_file()
        word = client.post(f"{path}/deletion").json()["confirmation"]
        client.delete(path, params={"confirmation": word})
        asked = client.post("/api/v1/trash/emptying", json={}).json()
        assert asked["bytes"] == client.get("/api/v1/trash").json()["bytes"] > 0
        shutil.copytree(place / "home/trash" / asked["projects"][0]["id"], place / "notes")
        run("delete", "notes", "--yes", cwd=place)  # after the question: it stays
        wrong = client.delete("/api/v1/trash", params={"confirmation": "x"})
        assert (wrong.status_code, wrong.json()["code"]) == (409, "not-confirmed")
        again = client.delete("/api/v1/trash", params={"confirmation": asked["confirmation"]})
        assert again.status_code == 409  # one guess a question
        assert len(client.get("/api/v1/trash").json()["projects"]) == 2
        ids = [asked["projects"][0]["id"]]
        asked = client.post("/api/v1/trash/emptying", json={"projects": ids}).json()
        left = client.delete("/api/v1/trash", params={"confirmation": asked["confirmation"]})
        assert len(left.json()["projects"]) == 1
        unknown = client.post("/api/v1/trash/emptying", json={"projects": ["x-1"]})
        assert unknown.status_code == 404


def test_a_project_from_before_there_were_notes_is_found(place: Path) -> None:
    home = place / "home"
    (home / "trash").mkdir()
    (place / "notes").rename(home / "trash/notes-1700000000000000000")
    (found,) = Trash(home).all()
    assert (found.name, found.folder, found.deleted_at.year) == ("notes", None, 2023)
    index = ProjectIndex(home)
    entry = Trash(home).restore("notes", index, place / "elsewhere")
    index.close()
    assert entry.folder == place / "elsewhere/notes"
    assert (entry.folder / "mine.txt").is_file()


def test_a_running_project_is_not_deleted(place: Path) -> None:
    run("run", "notes", "--detach", cwd=place)
    try:
        assert "this project runs" in run("delete", "notes", "--yes", cwd=place, code=1).stderr
    finally:
        run("stop", "--all", cwd=place)
