"""The history on the command line: versions, undo, conflicts, trials."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from engine_process import command_line
from projects import NOTES, STARRED, assert_sound, git


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a project `notes`."""
    (tmp_path / "b.yaml").write_text(NOTES)
    run("generate", "b.yaml", "--output", "notes", cwd=tmp_path)
    return tmp_path


def run(*arguments: str, cwd: Path, code: int = 0) -> str:
    result = subprocess.run(
        [*command_line(), *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        env={**os.environ, "NO_COLOR": "1", "BACKEND_GENERATOR_HOME": str(cwd / "home")},
    )
    assert result.returncode == code, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    return result.stdout + result.stderr


def run_json(*arguments: str, cwd: Path, code: int = 0) -> Any:
    text = run(*arguments, "--json", cwd=cwd, code=code)  # standard output comes first
    return json.JSONDecoder().raw_decode(text)[0]


def star(place: Path) -> None:
    (place / "notes/blueprint.yaml").write_text(STARRED)


def test_history_show_undo_redo(place: Path) -> None:
    (place / "notes/README.md").write_text("mine\n")
    star(place)
    told = run("generate", "notes", cwd=place)
    assert "Kept your changes" in told
    assert "with your edits: README.md" in told
    told = run("history", "notes", cwd=place)
    assert [word for word in told.split() if word in {"edit", "outside"}] == [
        "edit",
        "outside",
        "edit",
    ]
    versions = run_json("history", "notes", cwd=place)["versions"]
    newest = versions[0]["id"]
    shown = run("show", newest[:8], "notes", cwd=place)
    assert "new field `stars`" in shown
    assert "~ app/notes/schemas.py" in shown
    assert "ADD COLUMN" in shown
    text = run("show", newest[:8], "notes", "--path", "blueprint.yaml", cwd=place)
    assert "+      stars" in text
    assert "Undo: " in run("undo", "notes", cwd=place)
    assert (place / "notes/blueprint.yaml").read_text() == NOTES
    run("redo", "notes", cwd=place)
    assert (place / "notes/blueprint.yaml").read_text() == STARRED
    assert "nothing can be redone" in run("redo", "notes", cwd=place, code=1)
    run("name", versions[-1]["id"], "first", "notes", cwd=place)
    run("restore", "first", "notes", cwd=place)
    assert "mine" not in (place / "notes/README.md").read_text()
    assert_sound(place / "notes")


def test_a_conflict_is_told_shown_and_resolved(place: Path) -> None:
    schemas = place / "notes/app/notes/schemas.py"
    schemas.write_text("# mine\n")
    star(place)
    facts = run_json("generate", "notes", cwd=place, code=1)
    assert facts["conflicts"] == ["app/notes/schemas.py"]
    assert schemas.read_text() == "# mine\n"
    told = run("conflicts", "notes", cwd=place)
    assert "app/notes/schemas.py: both changed (open)" in told
    assert "+# mine" in told
    assert "stars" in told
    (conflict,) = run_json("conflicts", "notes", cwd=place)["conflicts"]
    assert conflict["ours"] == "# mine\n"
    refused = run("undo", "notes", cwd=place, code=1)
    assert "1 open conflict waits" in refused
    options = ("--project", "notes")
    run("resolve", "nothing", *options, "--take", "mine", cwd=place, code=2)
    run("resolve", "app/notes/schemas.py", *options, "--take", "both", cwd=place, code=2)
    assert "not resolved yet" in run("resolve", *options, cwd=place, code=1)
    told = run("resolve", "app/notes/schemas.py", *options, "--take", "generated", cwd=place)
    assert "Done: version" in told
    assert "stars" in schemas.read_text()
    assert "No conflicts." in run("conflicts", "notes", cwd=place)


def test_a_generation_is_given_up(place: Path) -> None:
    (place / "notes/app/notes/schemas.py").unlink()
    star(place)
    run("generate", "notes", cwd=place, code=1)
    run("resolve", "--project", "notes", "--abandon", cwd=place)
    assert not (place / "notes/app/notes/schemas.py").exists()
    assert "nothing waits" in run("resolve", "--project", "notes", cwd=place, code=1)


def test_a_trial(place: Path) -> None:
    run("try", "stars", "notes", cwd=place)
    star(place)
    run("generate", "notes", cwd=place)
    assert "is being tried" in run("try", "more", "notes", cwd=place, code=1)
    assert "try stars --recover" in run("discard", "notes", cwd=place)
    assert (place / "notes/blueprint.yaml").read_text() == NOTES
    for command in ("keep", "discard"):
        assert "nothing is being tried" in run(command, "notes", cwd=place, code=1)
    told = run("try", "moons", "notes", "--recover", cwd=place, code=1)
    assert "what can be had back: stars" in told
    assert "try/stars" in run("try", "stars", "notes", "--recover", cwd=place)
    assert (place / "notes/blueprint.yaml").read_text() == STARRED
    run("keep", "notes", cwd=place)


def test_a_cloned_project_is_taken_up(place: Path) -> None:
    (place / "notes/README.md").write_text("mine\n")
    run("undo", "notes", cwd=place)
    (place / "notes/README.md").write_text("mine\n")
    run("generate", "notes", cwd=place)
    (place / "notes/compose.yaml").write_text("mine: 1\n")
    run("generate", "notes", cwd=place)
    git(place, "clone", "-q", "notes", "clone")
    (place / "clone/blueprint.yaml").write_text(STARRED)
    told = run("generate", "clone", cwd=place)
    assert "with your edits: README.md" in told
    assert "stars" in (place / "clone/app/notes/schemas.py").read_text()
    assert (place / "clone/README.md").read_text() == "mine\n"
    assert_sound(place / "clone")


def test_where_there_is_no_project(place: Path) -> None:
    (place / "empty").mkdir()
    for command in ("history", "undo", "redo", "keep", "discard"):
        told = run(command, "empty", cwd=place, code=2)
        assert "no " in told
    git(place / "empty", "init", "-q")
    assert run("history", "empty", cwd=place, code=2)
    assert "there is no version" in run("show", "zzzz", "notes", cwd=place, code=1)
