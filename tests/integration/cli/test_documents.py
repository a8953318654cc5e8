"""The JSON documents of a whole pipeline have the keys that docs/command-line.md promises."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from command_line import run, run_json
from repository_rules import ROOT

PAGE = (ROOT / "docs/command-line.md").read_text(encoding="utf-8")


def table(first_column: str) -> dict[str, str]:
    """Rows of a table of the page: first cell → second cell."""
    _, _, rest = PAGE.partition(f"| {first_column} |")
    rows = [line.split("|")[1:3] for line in rest.partition("\n\n")[0].splitlines()[2:]]
    return {name.strip(): text for name, text in rows}


def keys(text: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", text))


COMMANDS = {
    name: text
    for names, text in table("command").items()
    for name in re.findall(r"`(\w+)(?: \w+)?`", names)
}
VALUES = table("value")


def assert_document(command: str, facts: Mapping[str, Any], *more: str) -> None:
    always, _, sometimes = COMMANDS[command].partition(";")
    assert set(facts) == keys(always) | set(more)
    assert set(more) <= keys(sometimes)


def assert_each(name: str, rows: list[Mapping[str, Any]]) -> None:
    assert rows
    assert all(set(row) == keys(VALUES[name].partition(";")[0].partition("(")[0]) for row in rows)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="documents-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        (place / "home").mkdir(mode=0o755)
        monkeypatch.setenv("BACKEND_GENERATOR_HOME", str(place / "home"))
        yield place
        run("stop", "--all", cwd=place)


def test_the_page_names_every_command() -> None:
    told = run("--help", cwd=ROOT).stdout.partition("Commands:")[2]
    commands = set(re.findall(r"^  ([a-z]+)  ", told, re.MULTILINE))
    assert commands - set(COMMANDS) == {"open"}  # it has nothing to say to a script


def test_a_pipeline(place: Path) -> None:
    plan = run_json("plan", "A todo app with zonk", "--output", "b.yaml", cwd=place)
    assert_document("plan", plan)
    assert_each("`decisions`", plan["decisions"])
    assert_each("`questions`", plan["questions"])
    assert_document("check", run_json("check", "b.yaml", cwd=place))
    assert_document("check", run_json("check", "b.yaml", "--explain", cwd=place), "explained")
    generated = run_json("generate", "b.yaml", "--output", "todo", cwd=place)
    assert_document("generate", generated)
    assert_each("`steps`", generated["steps"])
    differences = run_json("diff", "todo", cwd=place)
    assert_document("diff", differences)
    assert set(differences["migration"]) == {"up", "down"}
    started = run_json("run", "todo", "--detach", cwd=place)
    assert_document("run", started)
    running = run_json("list", cwd=place)
    assert_document("list", running)
    assert [set(one) for one in running["running"]] == [set(started) - {"steps"}]
    made = run_json("users", "todo", "add", "a@example.com", cwd=place)
    assert_document("users", made)
    assert set(made["user"]) == {"email", "id", "roles", "password"}
    assert_document("stop", run_json("stop", "todo", cwd=place))
    report = run_json("verify", "todo", "--groups", "boot", "--report", "r", cwd=place)
    assert_document("verify", report, "reports")
    assert_each("`counts`", [report["counts"]])
    doctor = run_json("doctor", cwd=place)
    assert_document("doctor", doctor)
    assert_each("`findings` of `doctor`", doctor["findings"])


def test_create_runs_and_verifies(place: Path) -> None:
    made = run_json("create", "A todo app", "--run", "--verify", cwd=place)
    assert_document("create", made, "verification", "preview")
    assert set(made["plan"]) == keys(COMMANDS["plan"])
    always = keys(COMMANDS["verify"].partition(";")[0])
    assert set(made["verification"]) == always - {"steps"}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("plan", "asdf qwer"), 1, "did not understand"),
        (("plan", ""), 2, "empty"),
        (("check", "nowhere"), 2, "no Blueprint"),
        (("stop",), 2, "nothing is running"),
        (("run", "nowhere"), 3, "no app/__main__.py"),
    ],
)
def test_a_failure_is_in_the_document(
    place: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    facts = run_json(*arguments, cwd=place, code=code)
    assert said in facts["error"]["message"]
    assert set(facts["error"]) == keys(VALUES["`error`"])
    assert_each("`error`", [facts["error"]])


def test_problems_and_the_error_are_one_document(place: Path) -> None:
    (place / "blueprint.yaml").write_text("name: X\nentities: {A: {fields: {a: strng}}}\n")
    facts = run_json("check", cwd=place, code=1)
    assert_each("`problems`", facts["problems"])
    assert "1 error" in facts["error"]["message"]
