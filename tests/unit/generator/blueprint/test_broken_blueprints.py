"""Every way to break a Blueprint is told: with its code, its line and the word that was meant."""

from __future__ import annotations

import re

import pytest
from sample_blueprints.broken import ALL, Broken
from sample_blueprints.broken_details import DETAILS, WARNINGS
from sample_blueprints.shop import SHOP

from local_engine.generator.blueprint import BlueprintErrors, Problem, Severity, load


def _line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def _name(case: Broken) -> str:
    return f"{case.code}: {(case.at or case.new).strip()[:60]!r}"


def test_the_shop_itself_has_no_problems() -> None:
    assert load(SHOP).problems == ()


@pytest.mark.parametrize("case", [*ALL, *DETAILS], ids=_name)
def test_a_break_is_told_where_it_is(case: Broken) -> None:
    with pytest.raises(BlueprintErrors) as caught:
        _ = load(case.text).application
    _expect(case, caught.value.problems)


@pytest.mark.parametrize("case", WARNINGS, ids=_name)
def test_a_warning_is_told_where_it_is(case: Broken) -> None:
    document = load(case.text)
    assert document.application.own_entities
    assert all(found.severity is Severity.WARNING for found in document.problems)
    _expect(case, document.warnings)


def _expect(case: Broken, problems: tuple[Problem, ...]) -> None:
    told = "\n".join(f"{found.code}: {found}" for found in problems)
    matching = [found for found in problems if (found.code, found.line) == (case.code, case.line)]
    assert matching, f"expected {case.code} in line {case.line}:\n{told}"
    assert any(found.suggestion == case.suggestion for found in matching), told
    assert any(case.says in found.message for found in matching), told
    for found in problems:
        assert re.fullmatch(r"[A-Z`'].*[.?]", found.message), found.message


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
