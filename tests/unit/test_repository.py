"""The rules that keep the repository good, and for each a breach that it must find."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import repository_rules as rules

# A function that must be longer than the limit: "path::name" -> why.
LONG_FUNCTIONS: dict[str, str] = {}

Rule = Callable[[rules.Tree], list[str]]

BLUEPRINT = "local_engine/generator/blueprint/"
CONTRACTS = "local_engine/contracts/"

RULES: dict[str, Rule] = {
    "files have at most 400 lines": lambda tree: rules.long_files(tree, 400),
    "functions have at most 40 lines": lambda tree: rules.long_functions(tree, 40, LONG_FUNCTIONS),
    "names say what modules hold": rules.vague_names,
    "no path or host of one machine": rules.machine_traces,
    "locks name no address": rules.addresses_in_locks,
    "modules say what they are for": rules.missing_docstrings,
    "the import contracts see every module": rules.missing_packages,
    "packaging and tests are no packages": rules.shadowing_packages,
    "dependencies are explained": rules.dependency_differences,
    "the Blueprint is pure": lambda tree: rules.foreign_imports(
        tree, BLUEPRINT, {"pydantic", "pydantic_core", "ruamel"}
    ),
    "wire contracts are pure": lambda tree: rules.foreign_imports(tree, CONTRACTS, {"pydantic"}),
    "the fixed parts stand alone": lambda tree: rules.our_imports(tree, rules.FIXED),
    "the planner works offline": lambda tree: rules.network_imports(
        tree, "local_engine/generator/planner/"
    ),
    "the emitter works offline": lambda tree: rules.network_imports(
        tree, "local_engine/generator/emit/"
    ),
}

LONG_FUNCTION = "def f() -> None:\n" + "    g()\n" * 40
PYPROJECT = '[project]\ndependencies = ["a.b>=1; x", "c[d]"]\n'

BREACHES: list[tuple[str, dict[str, str], list[str]]] = [
    ("files have at most 400 lines", {"cloud_api/a.py": "\n" * 401}, ["cloud_api/a.py: 401 lines"]),
    (
        "functions have at most 40 lines",
        {"local_engine/a.py": "class A:\n" + LONG_FUNCTION.replace("def", " def")},
        ["local_engine/a.py:2 f: 41 lines"],
    ),
    ("names say what modules hold", {"tests/support/utils.py": ""}, ["tests/support/utils.py"]),
    (
        "no path or host of one machine",
        {"a.md": "fine: app/work/x\nsee /" + "work/x or pypi" + ".org"},
        ["a.md:2: /" + "work/", "a.md:2: pypi" + ".org"],
    ),
    ("locks name no address", {"a.lock": "--index-url x"}, ["a.lock"]),
    ("modules say what they are for", {".ci/a.py": "import os\n"}, [".ci/a.py"]),
    (
        "the import contracts see every module",
        {"local_engine/a/b/c.py": "", "local_engine/__init__.py": "", f"{rules.FIXED}app/x.py": ""},
        ["local_engine/a", "local_engine/a/b"],
    ),
    (
        "packaging and tests are no packages",
        {
            "packaging/__init__.py": "",
            "tests/unit/__init__.py": "",
            "tests/golden/a/__init__.py": "",
        },
        ["packaging/__init__.py", "tests/unit/__init__.py"],
    ),
    (
        "dependencies are explained",
        {
            "pyproject.toml": PYPROJECT,
            "docs/dependencies.md": "| package | why |\n| A_B | x |\n| e | x |",
        },
        ["c: not in docs/dependencies.md", "e: not in pyproject.toml"],
    ),
    (
        "the Blueprint is pure",
        {f"{BLUEPRINT}a.py": "import json\nimport pydantic\nimport local_engine.cli"},
        [f"{BLUEPRINT}a.py:3: local_engine.cli"],
    ),
    (
        "wire contracts are pure",
        {f"{CONTRACTS}a.py": "from local_engine.contracts import b\nimport ruamel.yaml"},
        [f"{CONTRACTS}a.py:2: ruamel.yaml"],
    ),
    (
        "the fixed parts stand alone",
        {f"{rules.FIXED}a.py": "from . import b\nimport fastapi\nfrom local_engine import cli"},
        [f"{rules.FIXED}a.py:3: local_engine.cli"],
    ),
    (
        "the planner works offline",
        {"local_engine/generator/planner/a.py": "from urllib import parse, request"},
        ["local_engine/generator/planner/a.py:1: urllib.request"],
    ),
    (
        "the emitter works offline",
        {
            "local_engine/generator/emit/a.py": "import http\nimport httpx",
            f"{rules.FIXED}a.py": "import httpx",
        },
        ["local_engine/generator/emit/a.py:2: httpx"],
    ),
]


@pytest.fixture(scope="module")
def tree() -> dict[str, str]:
    return rules.working_tree()


@pytest.mark.parametrize("name", RULES)
def test_the_repository_keeps_the_rule(name: str, tree: dict[str, str]) -> None:
    breaches = RULES[name](tree)
    assert not breaches, f"{name}; breached by:\n" + "\n".join(breaches)


@pytest.mark.parametrize(("name", "tree", "found"), BREACHES, ids=[case[0] for case in BREACHES])
def test_the_rule_finds_a_breach(name: str, tree: dict[str, str], found: list[str]) -> None:
    assert RULES[name](tree) == found


def test_every_rule_has_a_breach() -> None:
    assert {name for name, _, _ in BREACHES} == set(RULES)


def test_a_permission_without_need_is_a_breach() -> None:
    source = {"local_engine/a.py": LONG_FUNCTION}
    assert rules.long_functions(source, 40, {"local_engine/a.py::f": "a table"}) == []
    assert rules.long_functions(source, 41, {"local_engine/a.py::f": "a table"}) == [
        "local_engine/a.py::f: allowed without need"
    ]
