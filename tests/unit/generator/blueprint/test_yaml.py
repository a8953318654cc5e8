"""Reading YAML: exact values, places of everything, and refusal of what is dangerous."""

from __future__ import annotations

from decimal import Decimal

import pytest

from local_engine.generator.blueprint.yaml import MAX_BYTES, MAX_DEPTH, read_yaml


def test_scalars_follow_yaml_1_2() -> None:
    source, problems = read_yaml(
        "on: yes\nno: off\ntime: 12:30\nday: 2026-02-28\nmin: 0.10\nbig: 9007199254740993\n"
        "flag: true\nnothing: null\nempty:\nquoted: '12'\noctal: 010\nexponent: 1e400\nhex: 0x10\n"
    )
    assert problems.sorted() == ()
    assert source.data == {
        "on": "yes",
        "no": "off",
        "time": "12:30",
        "day": "2026-02-28",
        "min": Decimal("0.10"),
        "big": 9007199254740993,
        "flag": True,
        "nothing": None,
        "empty": None,
        "quoted": "12",
        "octal": 10,
        "exponent": "1e400",
        "hex": "0x10",
    }
    assert str(source.data["min"]) == "0.10"


def test_every_path_has_its_place() -> None:
    source, _ = read_yaml("a:\n  b: [1, {c: 'x'}]\n  d: y\n")
    assert source.positions.keys[("a", "b", 1, "c")] == (2, 11)
    assert source.positions.values[("a", "b", 1, "c")] == (2, 15)
    assert source.positions.values[("a", "d")] == (3, 6)


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "duplicate-key"),
        ("a: {b: 1, b: 2}\n", 1, "duplicate-key"),
        ("a: &x [1]\n", 1, "syntax"),
        ("a: 1\nb: *x\n", 2, "syntax"),
        ("a: !!python/object:os.system x\n", 1, "syntax"),
        ("a: !!int '1'\n", 1, "syntax"),
        ("? [a, b]\n: 1\n", 1, "syntax"),
        ("a: 1\n---\nb: 2\n", 2, "syntax"),
        ("a:\n\t- 1\n", 2, "syntax"),
        ("a: [1,\n", 2, "syntax"),
        ("a: b: c\n", 1, "syntax"),
        ("a: \x00\n", 1, "syntax"),
        ("a: \ud800\n", 1, "syntax"),
        ("a: " + "[" * (MAX_DEPTH + 5) + "]" * (MAX_DEPTH + 5), 1, "syntax"),
        ("a: " + "x" * MAX_BYTES, 1, "too-large"),
        ("%YAML 9.9\n---\na: 1\n", 1, "syntax"),
    ],
)
def test_what_is_dangerous_is_refused(text: str, line: int, code: str) -> None:
    _, problems = read_yaml(text)
    assert [(found.line, found.code) for found in problems.sorted()] == [(line, code)]
    assert not str(problems.sorted()[0]).startswith(f"line {line}: line"), "it is named once"


def test_an_alias_bomb_is_refused_at_once() -> None:
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 20))
    source, problems = read_yaml("a0: &a0 [x]\n" + levels)
    assert problems.has_errors
    assert len(str(source.data)) < 1000


@pytest.mark.parametrize("text", ["", "# nothing\n", "[]", "just a text", "---\n...\n"])
def test_no_blueprint_at_all(text: str) -> None:
    from local_engine.generator.blueprint import load

    assert [problem.code for problem in load(text).problems] == ["not-a-blueprint"]
