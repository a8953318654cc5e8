"""The data of a project on the command line: kept, tried on, counted, put back; the preview too."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest
from command_line import run, run_json

from local_engine.runtime.preview import list_previews, stop_all
from local_engine.runtime.preview.ownership import Owned

TODO = (Path(__file__).parents[3] / "docs/examples/01-todo/blueprint.yaml").read_text()
ADD = json.dumps({
    "edit": "add_field", "entity": "Todo", "field": "stars",
    "definition": {"type": "integer", "default": 0},
})  # fmt: skip
REMOVE = json.dumps({"edit": "remove_field", "entity": "Todo", "field": "description"})
REQUIRE = json.dumps({
    "edit": "add_field", "entity": "Todo", "field": "code", "definition": {"type": "string"},
})  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A todo project that runs, with one user and two todos."""
    (tmp_path / "todo").mkdir()
    (tmp_path / "todo/blueprint.yaml").write_text(TODO)
    run("generate", "todo", cwd=tmp_path)
    run("run", "todo", "--detach", cwd=tmp_path)
    sql(
        tmp_path / "todo",
        "INSERT INTO users (email, password_hash) VALUES ('a@b.c', 'x')",
    )
    for title in ("one", "two"):
        add(tmp_path / "todo", title)
    yield tmp_path / "todo"
    stop_all()


def sql(project: Path, statement: str) -> list[tuple[Any, ...]]:
    """As the owner of the running project's data."""
    with psycopg.connect(Owned(project).database().url) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def add(project: Path, title: str) -> None:
    sql(
        project,
        "INSERT INTO todos (title, description, owner_id)"
        f" SELECT '{title}', 'x', id FROM users LIMIT 1",
    )


def titles(project: Path) -> list[str]:
    return [row[0] for row in sql(project, "SELECT title FROM todos ORDER BY created_at")]


def rerun(project: Path) -> str:
    run("stop", "todo", cwd=project.parent)
    return run("run", "todo", "--detach", cwd=project.parent).stdout


def test_a_change_with_data_there_and_back_again(project: Path) -> None:
    home = project.parent
    facts = run_json("edit", "todo", "--operation", ADD, "--yes", cwd=home)
    assert facts["consequences"]["rehearsal"]["rows"] == {"todos": 2, "users": 1}
    assert facts["consequences"]["rehearsal"]["refused"] is None
    assert [risk["rows"] for risk in facts["consequences"]["risks"]] == [2]
    said = rerun(project)
    assert "keep the data" in said
    assert "On your data: no row is changed or lost" in said
    add(project, "three")
    before = list_previews()[0]

    refused = run("undo", "todo", cwd=home, code=1)
    assert "Newer data would be replaced: 1 row of Todo" in refused.stderr
    assert "--replace-data" in refused.stderr
    assert list_previews() == [before], "the preview was disturbed by a question"

    undone = run("undo", "todo", "--replace-data", cwd=home)
    assert "pause the preview" in undone.stdout
    after = list_previews()[0]
    assert (after.url, after.owner) == (before.url, before.owner)
    assert after.pid != before.pid
    assert httpx.get(f"{after.url}/ready").status_code == 200
    assert titles(project) == ["one", "two"]
    assert "stars" not in httpx.get(f"{after.url}/openapi.json").text

    causes = [v["cause"] for v in run_json("history", "todo", cwd=home)["versions"]]
    assert causes[:3] == ["undo", "data", "edit"]
    run("redo", "todo", cwd=home)
    assert titles(project) == ["one", "two", "three"]
    assert sql(project, "SELECT sum(stars) FROM todos") == [(0,)]


@pytest.mark.full
def test_snapshots_are_made_listed_put_back_and_deleted(project: Path) -> None:
    home = project.parent
    made = run_json("snapshots", "make", "todo", cwd=home)
    assert made["rows"] == {"todos": 2, "users": 1}
    assert run_json("history", "todo", cwd=home)["versions"][0]["snapshot"] == made["id"]
    sql(project, "DELETE FROM todos WHERE title = 'one'")
    add(project, "three")
    refused = run("snapshots", "restore", made["id"], "todo", cwd=home, code=1)
    assert "1 row of Todo" in refused.stderr
    run("snapshots", "restore", made["id"], "todo", "--replace-data", cwd=home)
    assert titles(project) == ["one", "two"]
    listed = run_json("snapshots", "list", "todo", cwd=home)["snapshots"]
    assert [one["reason"] for one in listed] == ["replaced", "asked"]
    assert listed[1] == made
    assert "add --yes" in run("snapshots", "delete", made["id"], "todo", cwd=home, code=2).stderr
    run("snapshots", "delete", made["id"], "todo", "--yes", cwd=home)
    assert len(run_json("snapshots", "list", "todo", cwd=home)["snapshots"]) == 1
    assert (
        "no snapshot begins" in run("snapshots", "restore", "ff", "todo", cwd=home, code=2).stderr
    )


def test_a_migration_that_does_not_fit_the_data_is_known_before(project: Path) -> None:
    home = project.parent
    facts = run_json("edit", "todo", "--operation", REQUIRE, "--yes", cwd=home)
    assert "2 row(s) of todos" in facts["consequences"]["rehearsal"]["refused"]
    run("stop", "todo", cwd=home)
    refused = run("run", "todo", "--detach", cwd=home, code=3)
    assert "does not fit the data" in refused.stderr
    assert "the data is as it was" in refused.stderr
    run("undo", "todo", cwd=home)
    run("run", "todo", "--detach", cwd=home)
    assert titles(project) == ["one", "two"]


def test_what_a_drop_takes_is_counted(project: Path) -> None:
    arguments = ["edit", "todo", "--operation", REMOVE, "--yes", "--drop"]
    facts = run_json(*arguments, cwd=project.parent)
    assert facts["consequences"]["rehearsal"]["emptied"] == {"todos": 2}
    assert "On your data: 2 rows of todos with a value in a column that goes" in rerun(project)


def test_a_preview_goes_on_when_whoever_paused_it_is_killed(project: Path) -> None:
    from killing import eventually, line_of, python

    code = (
        "import sys; from pathlib import Path; import time\n"
        "from local_engine.runtime.preview.pausing import paused\n"
        "with paused(Path(sys.argv[1])):\n"
        "    print('paused', flush=True); time.sleep(60)\n"
    )
    before = list_previews()[0]
    with python(code, str(project)) as process:
        assert line_of(process) == "paused"
        assert list_previews()[0].status == "paused"
        assert before.pid is not None
        assert not psutil.pid_exists(before.pid)
        refused = run("undo", "todo", cwd=project.parent, code=1)
        assert "nothing was before" in refused.stderr  # and the store is not disturbed by it
        process.send_signal(signal.SIGKILL)
    assert eventually(lambda: list_previews()[0].status == "running", 20)
    assert titles(project) == ["one", "two"]


def test_a_paused_preview_can_be_stopped(project: Path) -> None:
    from killing import line_of, python

    code = (
        "import sys; from pathlib import Path; import time\n"
        "from local_engine.runtime.preview.pausing import paused\n"
        "with paused(Path(sys.argv[1])):\n"
        "    print('paused', flush=True); time.sleep(60)\n"
    )
    with python(code, str(project)) as process:
        assert line_of(process) == "paused"
        began = time.monotonic()
        run("stop", "todo", cwd=project.parent)
        assert time.monotonic() - began < 10
        assert list_previews() == []
        started = run("run", "todo", "--detach", cwd=project.parent, code=3)
        assert "is changing this project's data" in started.stderr
