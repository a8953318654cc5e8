"""Edits of generated code that break a project: the guilty ones are found without any model."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import run, run_json
from generated_project import make_project

from local_engine.projects import Project
from local_engine.repair.events import Event, Tries
from local_engine.repair.repairing import Order, Outcome, repair

ROUTER, PAGES = "app/todos/router.py", "app/core/pagination.py"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "todo")


def edit(folder: Path, path: str, old: str, new: str) -> None:
    text = (folder / path).read_text()
    assert text.count(old) >= 1
    (folder / path).write_text(text.replace(old, new, 1))


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }


def innocent_edits(folder: Path) -> None:
    edit(folder, ROUTER, '"""', '"""Ours. ')
    (folder / "app/notes.py").write_text('"""Notes of ours."""\n')


def looked(folder: Path, *groups: str) -> tuple[Outcome, list[str]]:
    told: list[str] = []

    def on_event(event: Event) -> None:
        told.append(event.what if isinstance(event, Tries) else event.words)

    return repair(Project(folder), Order(groups=groups or None), on_event), told


def test_the_guilty_one_of_several_edits_keeps_it_from_starting(project: Path) -> None:
    innocent_edits(project)
    edit(project, PAGES, "MAX_LIMIT = 100\n", "MAX_LIMIT = LARGEST\n")
    before = contents(project)
    options = ("repair", str(project), "--groups", "boot", "--yes")

    facts = run_json(*options, cwd=project)

    assert not facts["before"]["starts"]
    assert "LARGEST" in facts["before"]["trouble"]
    assert facts["whole"]
    assert facts["applied"]
    (guilty,) = facts["taken_back"]
    assert guilty["difference"] == "-MAX_LIMIT = LARGEST\n+MAX_LIMIT = 100\n"
    after = contents(project)
    assert {path for path in before if before[path] != after.get(path)} == {PAGES}
    newest, kept, *_ = run_json("history", str(project), cwd=project)["versions"]
    assert newest["cause"] == "repair"
    assert kept["cause"] == "outside", "what was edited is the version before"


@pytest.mark.full
def test_what_passes_needs_no_repair(project: Path) -> None:
    innocent_edits(project)
    outcome, _ = looked(project, "boot")
    assert outcome.candidate is None
    assert outcome.trials == 1
    assert "nothing to repair" in outcome.stopped


@pytest.mark.full
def test_one_guilty_edit_is_found_by_its_failing_group_alone(project: Path) -> None:
    innocent_edits(project)
    edit(project, PAGES, "MAX_LIMIT = 100\n", "MAX_LIMIT = 999_999_999\n")
    before = contents(project)
    shown = run("repair", str(project), "--groups", "static,contract", cwd=project, code=2)
    assert "--yes" in shown.stderr
    assert "-MAX_LIMIT = 999_999_999" in shown.stdout
    assert contents(project) == before, "without a yes, the folder stays as it is"

    outcome, tried = looked(project, "static", "boot", "contract")
    assert outcome.is_whole
    assert [hunk.path for hunk in outcome.taken_back] == [PAGES]
    assert outcome.candidate is not None
    assert list(outcome.candidate.differences) == [PAGES]
    assert len(tried) < 16
