"""Reading the text of an expression: canonical text, refusals, and safety for any text."""

from __future__ import annotations

import random

import pytest
from expression_agreement.grammar import random_expression
from expression_agreement.world import WorldScope
from hypothesis import example, given, settings
from hypothesis import strategies as st

from local_engine.generator.blueprint.expressions import ExpressionErrors, check, parse
from local_engine.generator.blueprint.expressions.parse import unparse


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("  a>1 ", "a > 1"),
        ("((a))+ (b*c)", "a + b * c"),
        ('title=="x"', "title == 'x'"),
        ("0.10 * price", "0.10 * price"),
        (".5 + a", "0.5 + a"),
        ("0.12345678901234567890", "0.12345678901234567890"),
        ("true or false and null", "True or (False and None)"),
        ("a\n  >\t1", "a > 1"),
        ("1_000 + 0x10", "1000 + 16"),
        ("é == 'ö'", "é == 'ö'"),
        ("x in (1, 2)", "x in (1, 2)"),
    ],
)
def test_canonical_text(text: str, canonical: str) -> None:
    assert unparse(parse(text)) == canonical
    assert unparse(parse(canonical)) == canonical


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("", "empty", 1),
        ("   ", "empty", 1),
        ("a = 1", "Write `==` to compare", 3),
        ("a && b", "`and` instead of `&&`", 4),
        ("a || b", "`or` instead of `||`", 4),
        ("!done", "`not` instead of `!`", 1),
        ("a <> b", "`!=` instead of `<>`", 3),
        ("a IS NOT NULL", "Write `is None` or `is not None`", 3),
        ("a ? b : c", "`a if condition else b`", 3),
        ("a ==", "not an expression", 1),
        ("  é ) 1", "not an expression", 5),
        ("1e5", "digits and a point", 1),
        ("a + 5.", "digits and a point", 5),
        ("3j", "not part of the expression language", 1),
        ("12345678901234567890.5", "too many digits", 1),
        ("0.123456789012345678901", "too many digits", 1),
        ("a + 9223372036854775808", "too large", 5),
        ("'a' + '\\0'", "cannot be stored", 7),
        ("'\\ud800'", "cannot be stored", 1),
        ("a # b", "comment", 3),
        ("a > 1; b", "not an expression", 6),
        ("import os", "not an expression", 1),
    ],
)
def test_refusals(text: str, message: str, column: int) -> None:
    with pytest.raises(ExpressionErrors) as caught:
        check(text, WorldScope())
    assert message in caught.value.problems[0].message
    assert caught.value.problems[0].column == column


def test_a_hash_inside_a_text_is_no_comment() -> None:
    assert unparse(parse("title == '#1'")) == "title == '#1'"


@pytest.mark.parametrize(
    "text",
    [
        "-" * 1_990 + "1",
        "(" * 900 + "1" + ")" * 900,
        "not " * 400 + "done",
        "[" * 1_000,
        "{" * 1_000,
        "a" + ".a" * 900,
        "1" + "+1" * 999,
        "lambda:" * 200 + "1",
        "1 if " * 300,
        "f(" * 600,
        "a[" * 600,
        "max(" * 60 + "1" + ",1)" * 60,
        "sum(lines.a, where=" * 60 + "1" + ")" * 60,
        "x" * 2_001,
        "f'{f\"{a}\"}'",
    ],
)
def test_nesting_and_length_are_bounded(text: str) -> None:
    with pytest.raises(ExpressionErrors):
        check(text, WorldScope())


def test_the_bounds_themselves_are_allowed() -> None:
    assert check("small > 0" + " and small > 0" * 130, WorldScope()).text
    with pytest.raises(ExpressionErrors, match="at most 2000"):
        check("small > 0" + " and small > 0" * 200, WorldScope())
    assert check("-(" * 24 + "stock" + ")" * 24, WorldScope()).text


_WORDS = (
    "a small price lines . ( ) [ ] { } + - * / // % ** == != < > = in not is None and or if else",
    "True 1 0 0.5 'x' \" ' , : ; # @ := lambda count( sum( where= now() input. user. await yield",
    "f'{ \\ é 😀 ʼ ª __class__ __import__( *",
)
_PIECES = [word for line in _WORDS for word in line.split()]


def refuses_or_accepts(text: str) -> None:
    """Nothing but ExpressionErrors may come of any text."""
    try:
        expression = check(text, WorldScope())
    except ExpressionErrors as errors:
        problems = errors.problems
    else:
        problems = ()
        assert check(expression.text, WorldScope()).root == expression.root
    assert all(problem.message and problem.column >= 1 for problem in problems)


@settings(max_examples=600, deadline=None, database=None, derandomize=True)
@given(st.text(max_size=60) | st.lists(st.sampled_from(_PIECES), max_size=40).map(" ".join))
@example("\ud800")
@example("f'{é!r}'")
def test_any_text_is_read_safely(text: str) -> None:
    refuses_or_accepts(text)


def test_damaged_expressions_are_read_safely() -> None:
    chance = random.Random(1)
    for _ in range(600):
        text = random_expression(chance)
        begin = chance.randrange(len(text))
        end = begin + chance.randrange(4)
        refuses_or_accepts(text[:begin] + chance.choice(["", "(", "é", "''", " and "]) + text[end:])


def test_canonical_text_means_the_same() -> None:
    chance = random.Random(2)
    for _ in range(500):
        refuses_or_accepts(random_expression(chance))
