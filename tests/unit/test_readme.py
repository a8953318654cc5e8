"""Every command in the README is one that a test or the CI runs."""

from __future__ import annotations

import ast
import re
import subprocess

import pytest
from repository_rules import ROOT

# Cheap commands run here; for any other, the test (path::name) or the script that runs it.
HERE = "here"
COMMANDS = {
    "make demo": "tests/e2e/test_readme_commands.py::test_make_demo",
    "make test": ".ci/run",
    'make demo PROMPT="A blog where only the author edits a post"': (
        "tests/e2e/test_readme_commands.py::test_make_demo_with_a_prompt"
    ),
    'python3 backend-generator create "A simple todo API" --run --verify': (
        "tests/e2e/test_readme_commands.py::test_the_launcher"
    ),
    "python3 .ci/checks.py": "tests/unit/test_checks.py::test_all_stages_pass",
    "./backend-generator --help": "tests/e2e/test_readme_commands.py::test_help",
    "./backend-generator stop --all": "tests/e2e/test_readme_commands.py::test_stop_all",
    "make help": HERE,
}

README = (ROOT / "README.md").read_text()
FENCE = re.compile(r"^```(?:sh|bash|shell|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(markdown: str) -> list[str]:
    """The commands of all shell fences, one a line, without prompts and comments."""
    lines = (line for block in FENCE.findall(markdown) for line in block.splitlines())
    texts = (re.sub(r"^\$ |\s+#\s.*$|^#.*$", "", line).strip() for line in lines)
    return [text for text in texts if text]


def test_commands_are_found() -> None:
    text = "a\n```sh\n# one\n$ make x  # why\n\nmake y\n```\n```yaml\nz: 1\n```\n"
    assert commands(text) == ["make x", "make y"]


def test_every_command_is_in_the_table() -> None:
    assert sorted(commands(README)) == sorted(COMMANDS)


@pytest.mark.parametrize("command", [c for c, place in COMMANDS.items() if place == HERE])
def test_a_cheap_command_runs(command: str) -> None:
    result = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True)  # noqa: S602 - the README's own words
    assert result.returncode == 0, result.stderr
    assert result.stdout


@pytest.mark.parametrize(("command", "place"), [c for c in COMMANDS.items() if c[1] != HERE])
def test_a_costly_command_is_run_elsewhere(command: str, place: str) -> None:
    path, _, name = place.partition("::")
    source = (ROOT / path).read_text()
    if not name:
        assert command in source.splitlines()
        return
    functions = (node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef))
    assert name in {function.name for function in functions}


def test_every_local_link_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
