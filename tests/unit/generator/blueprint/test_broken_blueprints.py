"""Every way to break a Blueprint is told: with its code, its line and the word that was meant."""

from __future__ import annotations

import re

import pytest
from sample_blueprints.broken import ALL, Broken
from sample_blueprints.shop import SHOP

from local_engine.generator.blueprint import BlueprintErrors, Problem, load


def _line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def _name(case: Broken) -> str:
    return f"{case.code}: {(case.at or case.new).strip()[:60]!r}"


def test_the_shop_itself_has_no_problems() -> None:
    assert load(SHOP).problems == ()


@pytest.mark.parametrize("case", ALL, ids=_name)
def test_a_break_is_told_where_it_is(case: Broken) -> None:
    assert case.old in SHOP
    text = SHOP.replace(case.old, case.new, 1)
    with pytest.raises(BlueprintErrors) as caught:
        _ = load(text).application
    line = _line_of(text, case.at or case.new)
    found = [problem for problem in caught.value.problems if problem.code == case.code]
    told = "\n".join(f"{found.code}: {found}" for found in caught.value.problems)
    assert found, told
    matching = [problem for problem in found if problem.line == line]
    assert matching, f"expected line {line}:\n{told}"
    assert any(problem.suggestion == case.suggestion for problem in matching), told
    assert any(case.says in problem.message for problem in matching), told
    for problem in caught.value.problems:
        assert re.fullmatch(r"[A-Z`'].*[.?]", problem.message), problem.message


def test_all_problems_are_told_at_once() -> None:
    text = SHOP
    breaks = [
        ("owner: guest", "owner: gast"),
        ("currency: EUR", "curency: EUR"),
        ("max: 80", "max: 80, serach: true"),
        ("code: {type: string,", "code: {type: sting,"),
        ("create: customer,", "create: custmer,"),
        ("- check: ends_at > starts_at", "- check: ends_at > start_at"),
        ("every: day at 03:00", "every: now and then"),
    ]
    for old, new in breaks:
        text = text.replace(old, new, 1)
    problems = load(text).problems
    lines = {problem.line for problem in problems}
    for _, new in breaks:
        assert _line_of(text, new) in lines, new
    assert len(problems) == len(breaks), _told(problems)


def test_a_part_that_cannot_be_read_does_not_cause_further_problems() -> None:
    text = SHOP.replace("initial: cart", "initial: [cart]")
    assert [problem.code for problem in load(text).problems] == ["wrong-kind"]


def _told(problems: tuple[Problem, ...]) -> str:
    return "\n".join(map(str, problems))
