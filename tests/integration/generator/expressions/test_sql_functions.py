"""The SQL functions give exactly what fractions give, also for ties and long numbers."""

from __future__ import annotations

import random
from decimal import Context, Decimal
from fractions import Fraction

import psycopg
import pytest
from expression_agreement.property import Bench

SIGNED = ["0", "1", "-1", "2", "-3", "0.5", "-2.5", "1e-20", "3e-20", "7e-21", "99.995", "-0.125"]


def _numbers() -> list[Decimal]:
    chance = random.Random(4)
    made = [Decimal(text) for text in SIGNED]
    for digits in (5, 19, 40, 120):
        for scale in (0, 2, 20):
            number = Decimal(chance.randrange(10**digits)).scaleb(-scale, CONTEXT)
            made.append(chance.choice([number, -number]))
    return made


CONTEXT = Context(prec=300)
NUMBERS = _numbers()


def _half_even(number: Fraction, places: int) -> Fraction:
    return Fraction(round(number * 10**places), 10**places)


def test_division(bench: Bench) -> None:
    pairs = [(left, right) for left in NUMBERS for right in NUMBERS if right]
    statement = """
        SELECT divide_half_even(a, b), div(a, b), floor_modulo(a, b)
        FROM unnest(%s::numeric[], %s::numeric[]) WITH ORDINALITY AS pair(a, b, n) ORDER BY n
    """
    found = bench.connection.execute(statement, tuple(map(list, zip(*pairs, strict=True))))
    for (left, right), (quotient, _, rest) in zip(pairs, found.fetchall(), strict=True):
        exact = Fraction(left) / Fraction(right)
        assert Fraction(quotient) == _half_even(exact, 20), (left, right)
        assert Fraction(rest) == Fraction(left) - (exact // 1) * Fraction(right), (left, right)


def test_floor_division(bench: Bench) -> None:
    for left in NUMBERS:
        for right in NUMBERS:
            exact = Fraction(left) // Fraction(right) if right else None
            if exact is not None and -(2**63) <= exact < 2**63:
                row = bench.connection.execute("SELECT floor_divide(%s, %s)", (left, right))
                assert row.fetchone() == (exact,)
            elif exact is not None:
                with pytest.raises(psycopg.errors.NumericValueOutOfRange):
                    bench.connection.execute("SELECT floor_divide(%s, %s)", (left, right))


@pytest.mark.parametrize("function", ["divide_half_even", "floor_divide", "floor_modulo"])
def test_division_by_zero(bench: Bench, function: str) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        bench.connection.execute(f"SELECT {function}(1, 0)".encode())


def test_rounding(bench: Bench) -> None:
    halves = [Decimal(n).scaleb(-3) for n in range(-1_015, 1_016, 5)]
    statement = """
        SELECT round_half_even(a, 2), round_half_even(a, 0)
        FROM unnest(%s::numeric[]) WITH ORDINALITY AS number(a, n) ORDER BY n
    """
    numbers = [*halves, *NUMBERS]
    for number, (two, none) in zip(
        numbers, bench.connection.execute(statement, (numbers,)).fetchall(), strict=True
    ):
        assert Fraction(two) == _half_even(Fraction(number), 2), number
        assert Fraction(none) == _half_even(Fraction(number), 0), number


def test_missing_arguments_give_missing_results(bench: Bench) -> None:
    for call in (
        "divide_half_even(NULL, 0)",
        "floor_divide(1, NULL)",
        "floor_modulo(NULL, 1)",
        "round_half_even(NULL, 2)",
        "checked_count(NULL, 5)",
    ):
        assert bench.connection.execute(f"SELECT {call}".encode()).fetchone() == (None,)


def test_counts_of_units_are_bounded(bench: Bench) -> None:
    for number in (-5, 0, 5):
        row = bench.connection.execute("SELECT checked_count(%s, 5)", (number,)).fetchone()
        assert row == (number,)
    for number in (-6, 6):
        with pytest.raises(psycopg.errors.NumericValueOutOfRange):
            bench.connection.execute("SELECT checked_count(%s, 5)", (number,))
