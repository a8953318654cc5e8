"""The three backends of expressions agree on thousands of random expressions."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from expression_agreement.backends import load
from expression_agreement.property import Bench, run, with_variables

from local_engine.generator.blueprint.expressions.sql_functions import SQL_FUNCTIONS

CONSTRUCTS = {
    *("Literal", "Name", "Element", "Member", "Membership", "ListMembership", "NullTest", "Not"),
    *("And", "Or", "Conditional", "Coalesce", "Extremum min", "Extremum max", "Comparison"),
    *("Arithmetic +", "Arithmetic -", "Arithmetic *", "Arithmetic /", "Arithmetic //"),
    *("Arithmetic %", "Negate", "Absolute", "Round", "ToDecimal", "Length", "Lower", "Now"),
    *("Day", "Month", "Year", "Span", "Source", "Aggregate count", "Aggregate sum"),
    *("Aggregate avg", "Aggregate min", "Aggregate max", "Aggregate any", "Aggregate all"),
}
HELPERS = {
    *("int64", "add", "subtract", "multiply", "divide", "floor_divide", "floor_modulo"),
    *("round_half_even", "to_decimal", "average", "coalesce", "present", "span"),
    *("Instant", "Day", "plain"),
}


def test_what_was_compiled_before_is_not_taken_for_what_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path = tmp_path / "written.py"
    for value in range(3):  # in one size, within one second
        path.write_text(f"value = {value}\n")
        os.utime(path, (1, 1))
        assert load(path, "written").value == value


def test_three_backends_agree(bench: Bench) -> None:
    run(bench, 300)
    tally = bench.tally
    assert len(tally.texts) >= 2_000
    assert tally.failures >= 100
    assert tally.missing >= 100
    assert set(tally.constructs) >= CONSTRUCTS, CONSTRUCTS - set(tally.constructs)


def test_sql_agrees_where_the_row_is_a_variable(bench: Bench) -> None:
    run(bench, 70, with_variables, own=True)
    assert bench.tally.values >= 1_000


@pytest.mark.full
def test_three_backends_agree_on_many(bench: Bench) -> None:
    run(bench, 2_500)
    tally = bench.tally
    assert len(tally.texts) >= 20_000
    assert tally.helpers >= HELPERS, HELPERS - tally.helpers
    assert tally.functions == {function.name for function in SQL_FUNCTIONS}


@pytest.mark.full
def test_sql_agrees_where_the_row_is_a_variable_on_many(bench: Bench) -> None:
    run(bench, 450, with_variables, own=True)
    assert bench.tally.values >= 10_000
