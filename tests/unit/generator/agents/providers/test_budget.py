"""A budget: the most is set aside before a call, and what was not used comes back."""

from __future__ import annotations

import datetime

import pytest

from local_engine.generator.agents.providers import Budget, BudgetSpent, Usage, catalog
from local_engine.generator.agents.providers.usage import most_tokens

DAY = datetime.date(2026, 11, 30)
MODEL = catalog().of_role("gemini")


def test_output_limit_is_lowered_to_what_is_left() -> None:
    budget = Budget(tokens=5_000)
    reserved = budget.reserve(MODEL, "x" * 2_000, 24_000, DAY)
    assert reserved.input_tokens == most_tokens("x" * 2_000)
    assert reserved.tokens == 5_000
    assert budget.tokens == 0
    budget.settle(reserved, Usage(500, 300, 100, 12))
    assert budget.tokens == 4_100


def test_money_lowers_it_too_and_is_never_exceeded() -> None:
    budget = Budget(microdollars=10_000)
    reserved = budget.reserve(MODEL, "x" * 2_000, 24_000, DAY)
    assert 0 < reserved.output_tokens < 24_000
    assert reserved.cost_microdollars is not None
    assert 9_990 < reserved.cost_microdollars <= 10_000


@pytest.mark.parametrize("budget", [Budget(tokens=1_200), Budget(microdollars=1_000)])
def test_too_little_is_told_before_anything_is_asked(budget: Budget) -> None:
    before = Budget(budget.tokens, budget.microdollars)
    with pytest.raises(BudgetSpent):
        budget.reserve(MODEL, "x" * 2_000, 24_000, DAY)
    assert budget == before


def test_other_letters_count_by_the_byte() -> None:
    assert most_tokens("待办事项" * 100) >= 1_200
