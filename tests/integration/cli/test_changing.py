"""`edit` and `refine` as a user calls them: shown first, asked, all or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import run, run_json

TODO = (Path(__file__).parents[3] / "docs/examples/01-todo/blueprint.yaml").read_text()

ADD = json.dumps({
    "edit": "add_field", "entity": "Todo", "field": "stars",
    "definition": {"type": "integer", "default": 0},
})  # fmt: skip
REMOVE = json.dumps({"edit": "remove_field", "entity": "Todo", "field": "description"})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "todo").mkdir()
    (tmp_path / "todo/blueprint.yaml").write_text(TODO)
    run("generate", "todo", cwd=tmp_path)
    return tmp_path / "todo"


def blueprint(project: Path) -> str:
    return (project / "blueprint.yaml").read_text()


def test_an_edit_is_shown_and_applied_only_when_it_is_agreed_to(project: Path) -> None:
    before = blueprint(project)
    asked = run("edit", "todo", "--operation", ADD, cwd=project.parent, code=2)
    assert "new field `stars`" in asked.stdout
    assert "add --yes" in asked.stderr
    facts = run_json("edit", "todo", "--operation", ADD, cwd=project.parent)
    assert facts["applied"] is False
    assert facts["consequences"]["risks"][0]["kind"] == "default given to old rows"
    assert facts["consequences"]["checks"]["new"]
    assert blueprint(project) == before
    facts = run_json("edit", "todo", "--operation", ADD, "--yes", cwd=project.parent)
    assert facts["applied"] is True
    assert facts["migration"] == "migrations/0003_add_stars_to_todos"
    assert "stars: {type: integer, default: 0}" in blueprint(project)


def test_data_is_not_lost_without_being_asked_for(project: Path) -> None:
    before = blueprint(project)
    edits = project / "edits.json"
    edits.write_text(REMOVE)
    kept = run("edit", "todo", "--file", str(edits), "--yes", cwd=project.parent, code=1)
    assert "SELECT count(*) FROM todos WHERE description IS NOT NULL;" in kept.stdout
    assert "--drop" in kept.stderr
    assert blueprint(project) == before
    run("edit", "todo", "--file", str(edits), "--yes", "--drop", cwd=project.parent)
    assert "description:" not in blueprint(project)


def test_wrong_edits_change_nothing_and_say_where(project: Path) -> None:
    before = blueprint(project)
    wrong = f"[{ADD}, {ADD.replace('Todo', 'Tod')}]"
    facts = run_json("edit", "todo", "--operation", wrong, "--yes", cwd=project.parent, code=1)
    assert [problem["path"] for problem in facts["problems"]] == ["edits[1].entity"]
    assert facts["problems"][0]["suggestion"] == "Todo"
    run("edit", "todo", "--operation", "{", cwd=project.parent, code=1)
    run("edit", "todo", cwd=project.parent, code=2)
    assert blueprint(project) == before


def test_a_prompt_changes_a_project(project: Path) -> None:
    facts = run_json("refine", "todo", "rename todo to task, and add tags to tasks", "--yes",
                     cwd=project.parent)  # fmt: skip
    assert [one["edit"]["edit"] for one in facts["edits"]] == [
        "rename_entity", "add_entity", "add_relation",
    ]  # fmt: skip
    assert facts["applied"] is True
    assert "was: Todo" in blueprint(project)
    assert any((project / "app").glob("tags/router.py"))
    run("check", "todo", cwd=project.parent)


def test_a_prompt_that_is_not_understood_asks_and_changes_nothing(project: Path) -> None:
    before = blueprint(project)
    result = run("refine", "todo", "drop table users", "--yes", cwd=project.parent, code=1)
    assert "Accounts are built in" in result.stdout
    run("refine", "todo", "", cwd=project.parent, code=2)
    assert blueprint(project) == before
