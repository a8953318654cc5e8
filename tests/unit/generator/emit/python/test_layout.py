"""Code built as data comes out as `ruff format` would have it, whatever its length."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_engine.generator.emit.python import (
    Assert,
    Attribute,
    Call,
    Conditional,
    Constant,
    Dictionary,
    Evaluate,
    Expression,
    Function,
    If,
    Infix,
    Module,
    Name,
    Prefixed,
    Raise,
    Return,
    Sequence,
    Statement,
    Subscript,
    assign,
    parameter,
)

_NAMES = st.sampled_from(["a", "total", "connection", "a_name_of_some_length", "x" * 38])
_TEXTS = st.text(st.sampled_from("ab \"'\\{}%é\n"), max_size=30)


def _leaves() -> st.SearchStrategy[Expression]:
    constants = st.one_of(_TEXTS, st.integers(0, 10**12), st.booleans(), st.none())
    return st.one_of(st.builds(Name, _NAMES), st.builds(Constant, constants))


def _operands() -> st.SearchStrategy[Expression]:
    """What the emitter puts beside an operator: names, items, and calls at the end."""
    names = st.builds(Name, _NAMES)
    return st.one_of(
        names,
        st.builds(Subscript, names, st.tuples(st.builds(Constant, st.just("key")))),
        st.builds(Attribute, names, _NAMES),
    )


def _calls() -> st.SearchStrategy[Expression]:
    names = st.builds(Name, _NAMES)
    return st.builds(Call, names, st.lists(names, min_size=1, max_size=3).map(tuple))


def _larger(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    many = st.lists(inner, min_size=1, max_size=4).map(tuple)
    two = st.tuples(inner, inner)
    named = st.dictionaries(_NAMES, inner, max_size=3)
    operands = st.tuples(_operands(), st.one_of(_operands(), _calls()))
    return st.one_of(
        st.builds(Call, st.builds(Name, _NAMES), many, named),
        st.builds(Subscript, st.builds(Name, _NAMES), many),
        st.builds(Attribute, st.builds(Name, _NAMES), _NAMES),
        st.builds(Sequence, many, st.sampled_from(["[]", "()"])),
        st.lists(two, max_size=3).map(tuple).map(Dictionary),
        st.builds(Infix, st.sampled_from(["and", "or", "==", "in", "|"]), operands),
        st.builds(Conditional, _operands(), _operands(), _operands()),
        st.builds(Prefixed, st.just("not "), _operands()),
    )


_EXPRESSIONS = st.recursive(_leaves(), _larger, max_leaves=8)


def _statements() -> st.SearchStrategy[Statement]:
    return st.one_of(
        st.builds(assign, _NAMES, _EXPRESSIONS),
        st.builds(Return, _EXPRESSIONS),
        st.builds(Raise, _EXPRESSIONS),
        st.builds(Assert, st.builds(Infix, st.just("=="), st.tuples(_operands(), _calls()))),
        st.builds(Evaluate, st.builds(Call, st.builds(Name, _NAMES), st.tuples(_EXPRESSIONS))),
        st.builds(If, _EXPRESSIONS, st.tuples(st.builds(Return, _EXPRESSIONS))),
    )


def _module(bodies: list[tuple[Statement, ...]]) -> str:
    module = Module("app.example", "Examples.")
    for number, body in enumerate(bodies):
        parameters = tuple(parameter(f"p{i}", "int") for i in range(number % 9))
        module.define(Function(f"function_{number}", parameters, Name("object"), body, "Says."))
    return module.text()


def _formatted(source: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--line-length", "100", "--isolated", "-"]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stderr}\n{source}"
    return done.stdout


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(_statements(), min_size=1, max_size=5).map(tuple), min_size=8, max_size=8))
def test_code_is_laid_out_as_ruff_lays_it_out(bodies: list[tuple[Statement, ...]]) -> None:
    source = _module(bodies)
    assert _formatted(source) == source


def test_a_defect_in_the_layout_would_be_seen() -> None:
    source = _module([(Return(Call(Name("f"), (Name("x" * 60), Name("y" * 60)))),)])
    assert _formatted(source.replace(",\n    )", "\n    )")) != source.replace(
        ",\n    )", "\n    )"
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", '"plain"'),
        ('say "yes"', "'say \"yes\"'"),
        ("it's", '"it\'s"'),
        ('it\'s "so"', "'it\\'s \"so\"'"),
        ("back\\slash", '"back\\\\slash"'),
        ("line\nend", '"line\\nend"'),
        ("é", '"é"'),
    ],
)
def test_texts_are_quoted_with_few_escapes(text: str, written: str) -> None:
    module = Module("app.example", "Examples.")
    module.assign("TEXT", Constant(text))
    assert module.text().splitlines()[-1] == f"TEXT = {written}"
