"""The command line as a user calls it: real processes, real projects, exit codes and output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from command_line import run, run_json

TODO = (Path(__file__).parents[3] / "docs/examples/01-todo/blueprint.yaml").read_text()


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Path]:
    tmp_path.chmod(0o755)
    yield tmp_path
    run("stop", "--all", cwd=tmp_path)


def test_check_finds_all_problems_with_their_lines(workplace: Path) -> None:
    broken = TODO.replace("boolean", "bolean").replace("owner: owner", "owner: ownr")
    (workplace / "blueprint.yaml").write_text(broken)
    result = run("check", cwd=workplace, code=1)
    assert "blueprint.yaml:5" in result.stdout
    assert "boolean" in result.stdout
    assert "2 errors" in result.stderr
    facts = json.loads(run("check", "--json", cwd=workplace, code=1).stdout)
    assert {problem["line"] for problem in facts["problems"]} == {5, 9}


def test_check_says_what_is_missing(workplace: Path) -> None:
    result = run("check", "nowhere", cwd=workplace, code=2)
    assert "no Blueprint at nowhere" in result.stderr


def test_plan_writes_a_new_file_only(workplace: Path) -> None:
    run("plan", "A simple todo API", "--output", "b.yaml", cwd=workplace)
    run("check", "b.yaml", cwd=workplace)
    again = run("plan", "A simple todo API", "--output", "b.yaml", cwd=workplace, code=1)
    assert "exists already" in again.stderr


@pytest.mark.parametrize("prompt", ["", "   ", "asdf qwer"])
def test_plan_of_nonsense_asks_back(workplace: Path, prompt: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "local_engine.cli.main", "plan", prompt],
        cwd=workplace,
        capture_output=True,
        text=True,
    )
    assert result.returncode in {1, 2}
    assert "Error: " in result.stderr
    assert result.stdout == ""


def test_generate_refuses_a_folder_of_others(workplace: Path) -> None:
    (workplace / "b.yaml").write_text(TODO)
    (workplace / "mine").mkdir()
    (workplace / "mine/notes.txt").write_text("mine")
    result = run("generate", "b.yaml", "--output", "mine", cwd=workplace, code=2)
    assert "not empty" in result.stderr
    assert [file.name for file in (workplace / "mine").iterdir()] == ["notes.txt"]


def test_generate_again_makes_a_migration_and_keeps_edits(workplace: Path) -> None:
    (workplace / "b.yaml").write_text(TODO)
    run("generate", "b.yaml", "--output", "todo", cwd=workplace)
    readme = workplace / "todo/README.md"
    readme.write_text("mine\n")
    blueprint = workplace / "todo/blueprint.yaml"
    changed = TODO.replace("      done:", "      stars: {type: integer, default: 0}\n      done:")
    blueprint.write_text(changed)
    told = run("diff", "todo", cwd=workplace).stdout
    assert "stars" in told
    assert "ADD COLUMN" in told
    facts = run_json("generate", "todo", cwd=workplace)
    assert facts["kept"] == ["README.md"]
    assert facts["migration"].startswith("migrations/0003_")
    assert readme.read_text() == "mine\n"
    assert "stars" in (workplace / f"todo/{facts['migration']}.up.sql").read_text()
    assert run_json("generate", "todo", cwd=workplace)["migration"] is None


def test_a_dropped_field_needs_permission(workplace: Path) -> None:
    (workplace / "b.yaml").write_text(TODO)
    run("generate", "b.yaml", "--output", "todo", cwd=workplace)
    blueprint = workplace / "todo/blueprint.yaml"
    lines = [line for line in TODO.splitlines(keepends=True) if "description:" not in line]
    blueprint.write_text("".join(lines))
    before = sorted((workplace / "todo/migrations").iterdir())
    refused = run("generate", "todo", cwd=workplace, code=1)
    assert "--allow-drop" in refused.stderr
    assert sorted((workplace / "todo/migrations").iterdir()) == before
    run("generate", "todo", "--allow-drop", cwd=workplace)


def test_run_list_stop(workplace: Path) -> None:
    (workplace / "b.yaml").write_text(TODO)
    run("generate", "b.yaml", "--output", "todo", cwd=workplace)
    started = run_json("run", "todo", "--detach", cwd=workplace)
    assert httpx.get(f"{started['url']}/ready").status_code == 200
    assert httpx.get(started["docs"]).status_code == 200
    running = run_json("list", cwd=workplace)["running"]
    assert [one["url"] for one in running] == [started["url"]]
    stopped = run_json("stop", "todo", cwd=workplace)["stopped"]
    assert [one["name"] for one in stopped] == [started["name"]]
    assert run_json("list", cwd=workplace)["running"] == []
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{started['url']}/health")


def test_create_never_touches_a_project_that_is_there(workplace: Path) -> None:
    run("create", "A simple todo API", "--output", "todo", cwd=workplace)
    blueprint = workplace / "todo/blueprint.yaml"
    edited = blueprint.read_text().replace("max: 200", "max: 300")
    blueprint.write_text(edited)
    refused = run("create", "A simple todo API", "--output", "todo", cwd=workplace, code=2)
    assert "not empty" in refused.stderr
    assert blueprint.read_text() == edited


def test_an_option_that_would_do_nothing_is_refused(workplace: Path) -> None:
    refused = run("create", "A simple todo API", "--docker", cwd=workplace, code=2)
    assert "add --run or --verify" in refused.stderr
    assert list(workplace.iterdir()) == []
    refused = run("run", ".", "--port", "8123", cwd=workplace, code=2)
    assert "--port is for --docker only" in refused.stderr


def test_an_unusable_data_folder_is_told(workplace: Path) -> None:
    (workplace / "file").write_text("")
    result = subprocess.run(
        [sys.executable, "-m", "local_engine.cli.main", "list"],
        cwd=workplace,
        env={**os.environ, "BACKEND_GENERATOR_HOME": str(workplace / "file")},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 3
    assert "Traceback" not in result.stderr
    assert str(workplace / "file") in result.stderr


def test_stop_of_nothing_says_what_runs(workplace: Path) -> None:
    result = run("stop", "nothing", cwd=workplace, code=2)
    assert "running: none" in result.stderr


@pytest.mark.full
def test_create_runs_and_verifies(workplace: Path) -> None:
    result = run("create", "A simple todo API", "--run", "--verify", cwd=workplace)
    assert "uvicorn" not in result.stdout, "what the service writes belongs in its log"
    assert " 0 failed" in result.stdout
    assert "http://127.0.0.1:" in result.stdout
    assert "Next" in result.stdout
    assert (workplace / "todo/blueprint.yaml").is_file()


def test_verify_writes_reports(workplace: Path) -> None:
    (workplace / "b.yaml").write_text(TODO)
    run("generate", "b.yaml", "--output", "todo", cwd=workplace)
    facts = run_json("verify", "todo", "--groups", "boot", "--report", "reports", cwd=workplace)
    assert facts["verdict"] == "passed"
    names = sorted(path.name for path in (workplace / "reports").iterdir())
    assert names == ["report.html", "report.json", "report.xml"]


def test_verify_of_an_unknown_group_names_the_groups(workplace: Path) -> None:
    (workplace / "b.yaml").write_text(TODO)
    run("generate", "b.yaml", "--output", "todo", cwd=workplace)
    result = run("verify", "todo", "--groups", "boots", cwd=workplace, code=2)
    assert "boot" in result.stderr


def test_doctor(workplace: Path) -> None:
    result = run("doctor", cwd=workplace)
    assert "PostgreSQL starts" in result.stdout
