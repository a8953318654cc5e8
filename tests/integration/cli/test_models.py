"""Commands that ask a model, which the stand-in plays: through the user's key or a local server."""

from __future__ import annotations

from pathlib import Path

import pytest
from answers_of_blueprint import replies_of
from command_line import run, run_json
from model_providers import KEY, ModelProviders
from repository_rules import ROOT
from scripted_replies import Script

from local_engine.generator.blueprint import dump, load, load_file

PROMPT = "A simple todo API"
TODO = load_file(ROOT / "docs/examples/01-todo/blueprint.yaml")
BODY = 'await connection.execute("UPDATE todos SET done = true")'
TEST = 'assert world.call("owner", "/operations/finish-all").status_code == 204'


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def own_key(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Only OpenAI's key is known, and no provider is where it usually is."""
    for name in ("GOOGLE_API_KEY", "GROQ_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("BACKEND_GENERATOR_KEY_STORE", "none")
    return monkeypatch


def test_project_by_the_users_key_says_who_made_it(
    workplace: Path, own_key: pytest.MonkeyPatch
) -> None:
    with ModelProviders(Script.of(*replies_of(TODO.blueprint))) as stand_in:
        own_key.setenv("OPENAI_BASE_URL", stand_in.openai)
        made = run_json("create", PROMPT, "--via", "own-key", cwd=workplace)
        assert stand_in.script.left == 0
    making = made["plan"]["making"]
    assert (making["via"], making["models"]) == ("own-key", ["openai/gpt-6.2-sol"])
    assert making["tokens"] > 0
    assert making["cost_microdollars"] > 0
    folder = Path(made["project"])
    assert (folder / "blueprint.yaml").read_text() == dump(TODO.blueprint)
    (version,) = run_json("history", str(folder), cwd=workplace)["versions"]
    assert version["making"] == making
    shown = run("show", version["id"], str(folder), cwd=workplace).stdout
    assert "openai/gpt-6.2-sol" in shown
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert KEY.encode() not in everything


def test_local_server_needs_no_key_and_costs_nothing(
    workplace: Path, own_key: pytest.MonkeyPatch
) -> None:
    own_key.delenv("OPENAI_API_KEY")
    with ModelProviders(Script.of(*replies_of(TODO.blueprint)), keys=("",)) as stand_in:
        options = ("--via", "local-model", "--model", "qwen", "--server", stand_in.openai)
        facts = run_json("plan", PROMPT, *options, cwd=workplace)
    assert facts["making"]["models"] == ["openai/qwen"]
    assert facts["making"]["cost_microdollars"] == 0
    assert facts["blueprint"] == dump(TODO.blueprint)


def test_function_by_a_model_runs_here_only_after_a_yes(
    workplace: Path, own_key: pytest.MonkeyPatch
) -> None:
    text = f"{TODO.text}operations:\n  finish_all: {{by: authenticated, code: python}}\n"
    function = {
        "kind": "answer",
        "when": "Write what `finish_all` does",
        "answer": {"body": BODY, "test": TEST},
    }
    replies = [*replies_of(load(text).blueprint), function]
    with ModelProviders(Script.of(*replies)) as stand_in:
        own_key.setenv("OPENAI_BASE_URL", stand_in.openai)
        create = ("create", PROMPT, "--via", "own-key", "--output")
        asked = run(*create, "careful", cwd=workplace)
    with ModelProviders(Script.of(*replies)) as stand_in:
        own_key.setenv("OPENAI_BASE_URL", stand_in.openai)
        run(*create, "todo", "--yes", cwd=workplace)
    assert BODY in asked.stdout
    assert "proposed/, where nothing runs" in asked.stdout
    careful, written = workplace / "careful", "app/extensions/finish_all.py"
    assert BODY in (careful / "proposed" / written).read_text()
    assert BODY not in (careful / written).read_text()
    assert not (careful / "tests/test_finish_all_extension.py").exists()
    folder = workplace / "todo"
    assert BODY in (folder / "app/extensions/finish_all.py").read_text()
    assert TEST in (folder / "tests/test_finish_all_extension.py").read_text()
    versions = run_json("history", "todo", cwd=workplace)["versions"]
    assert [version["cause"] for version in versions] == ["prompt", "prompt"]
    assert versions[0]["title"] == "Functions that a model wrote"
    again = run_json("generate", "todo", cwd=workplace)
    assert "app/extensions/finish_all.py" in again["kept"], "it stays as a person's would"


def test_refining_by_a_model_shows_the_consequences_first(
    workplace: Path, own_key: pytest.MonkeyPatch
) -> None:
    (workplace / "blueprint.yaml").write_text(TODO.text)
    edit = {
        "edit": "add_field",
        "entity": "Todo",
        "field": "stars",
        "definition": "{type: integer, default: 0}",
        "why": "stars",
    }
    answer = {"kind": "answer", "answer": {"edits": [edit], "questions": []}}
    with ModelProviders(Script.of(answer)) as stand_in:
        own_key.setenv("OPENAI_BASE_URL", stand_in.openai)
        facts = run_json("refine", ".", "Give todos stars", "--via", "own-key", cwd=workplace)
    assert facts["applied"] is False
    assert facts["edits"][0]["edit"]["field"] == "stars"
    assert facts["making"]["via"] == "own-key"
    assert facts["consequences"]["changes"]
    assert (workplace / "blueprint.yaml").read_text() == TODO.text


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--via", "own-key"), 1, "There is no key"),
        (("--via", "local-model"), 1, "--model"),
        (("--model", "qwen"), 2, "add --via"),
        (("--via", "telepathy"), 2, "--via"),
        (("--via", "own-key", "--provider", "acme"), 2, "--provider"),
    ],
)
def test_choice_that_cannot_be_is_refused_in_words(
    workplace: Path, own_key: pytest.MonkeyPatch, options: tuple[str, ...], code: int, words: str
) -> None:
    own_key.delenv("OPENAI_API_KEY")
    assert words in run("plan", PROMPT, *options, cwd=workplace, code=code).stderr


def test_key_that_is_refused_is_said_without_it(
    workplace: Path, own_key: pytest.MonkeyPatch
) -> None:
    with ModelProviders(Script.of(), keys=()) as stand_in:
        own_key.setenv("OPENAI_BASE_URL", stand_in.openai)
        refused = run("plan", PROMPT, "--via", "own-key", cwd=workplace, code=1)
    assert "refuses the key" in refused.stderr
    assert KEY not in refused.stderr + refused.stdout


def test_what_a_refinement_cost_is_kept_with_its_version(
    workplace: Path, own_key: pytest.MonkeyPatch
) -> None:
    (workplace / "blueprint.yaml").write_text(TODO.text)
    run("generate", "blueprint.yaml", "--output", "todo", cwd=workplace)
    edit = {
        "edit": "add_field",
        "entity": "Todo",
        "field": "stars",
        "definition": "{type: integer, default: 0}",
        "why": "stars",
    }
    answer = {"kind": "answer", "answer": {"edits": [edit], "questions": []}}
    with ModelProviders(Script.of(answer)) as stand_in:
        own_key.setenv("OPENAI_BASE_URL", stand_in.openai)
        refine = ("refine", "todo", "Give todos stars", "--via", "own-key", "--yes")
        facts = run_json(*refine, cwd=workplace)
    newest, first = run_json("history", "todo", cwd=workplace)["versions"]
    assert newest["making"] == facts["making"]
    assert newest["making"]["tokens"] > 0
    assert first["making"] is None
    cloud = run("refine", "todo", "Give todos stars", "--via", "cloud", cwd=workplace, code=2)
    assert "new Blueprints only" in cloud.stderr


def test_plan_asks_no_model_for_functions_and_says_its_cost(
    workplace: Path, own_key: pytest.MonkeyPatch
) -> None:
    text = f"{TODO.text}operations:\n  finish_all: {{by: authenticated, code: python}}\n"
    with ModelProviders(Script.of(*replies_of(load(text).blueprint))) as stand_in:
        own_key.setenv("OPENAI_BASE_URL", stand_in.openai)
        done = run("plan", PROMPT, "--via", "own-key", cwd=workplace)
        assert stand_in.script.left == 0, "all that was asked, and no function"
    assert done.stdout == dump(load(text).blueprint)
    assert "Made by" in done.stderr
    assert "tokens, $" in done.stderr
    assert "Functions to be written: 1" in done.stderr
