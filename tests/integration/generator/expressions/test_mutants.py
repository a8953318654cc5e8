"""The property of agreement can fail: each backend, broken in one place, is found out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from expression_agreement.backends import FAILURE, Disagreement, in_trigger
from expression_agreement.property import Bench, run
from expression_agreement.world import WorldScope

from local_engine.generator.blueprint.expressions import calendar, check, numbers
from local_engine.generator.blueprint.expressions.evaluate import _METHODS
from local_engine.generator.blueprint.expressions.expression import Expression
from local_engine.generator.blueprint.expressions.nodes import Lower
from local_engine.generator.blueprint.expressions.python_names import PythonCode, PythonNames
from local_engine.generator.blueprint.expressions.sql_folding import Folding
from local_engine.generator.blueprint.expressions.sql_names import SqlNames
from local_engine.generator.blueprint.expressions.to_python import to_python
from local_engine.generator.blueprint.expressions.to_sql import to_sql
from local_engine.generator.blueprint.expressions.types import MICROSECONDS_A_DAY

Mutation = Callable[[pytest.MonkeyPatch], object]


def _sql(pattern: str, replacement: str) -> Mutation:
    """Another text in all SQL."""

    def mutated(expression: Expression, names: SqlNames) -> str:
        return re.sub(pattern, replacement, to_sql(expression, names))

    return lambda patch: patch.setattr("expression_agreement.backends.to_sql", mutated)


def _python(pattern: str, replacement: str) -> Mutation:
    """Another text in all Python."""

    def mutated(expression: Expression, names: PythonNames) -> PythonCode:
        code = to_python(expression, names)
        return replace(code, source=re.sub(pattern, replacement, code.source))

    return lambda patch: patch.setattr("expression_agreement.backends.to_python", mutated)


IN_MEMORY: dict[str, Mutation] = {
    "halves are rounded up": lambda patch: patch.setattr(
        numbers, "ROUND_HALF_EVEN", "ROUND_HALF_UP"
    ),
    "integers have no limit": lambda patch: patch.setattr(numbers, "INTEGER_MAX", 2**70),
    "decimals are divided towards zero": lambda patch: patch.setattr(
        numbers, "_floor_divided", lambda left, right: int(left / right)
    ),
    "days begin in UTC": lambda patch: patch.setattr(
        calendar, "local_day", lambda instant, _: instant // MICROSECONDS_A_DAY + 1
    ),
    "the calendar ends with datetime": lambda patch: patch.setattr(
        calendar,
        "checked_instant",
        lambda instant: calendar.instant_of(calendar.datetime_of(instant)),
    ),
    "only ASCII has lower case": lambda patch: patch.setitem(
        _METHODS,
        Lower,
        lambda self, node: self.value(node.operand).encode().lower().decode(),
    ),
}
IN_SQL: dict[str, Mutation] = {
    "<= is <": _sql(r" <= ", " < "),
    "a sum of nothing is null": _sql(r"coalesce\((sum\([^()]*\)), 0\)", r"\1"),
    "lower case as the database has it": _sql(r' COLLATE "pg_unicode_fast"', ""),
    "days begin in UTC": _sql(r"AT TIME ZONE '[^']*'", "AT TIME ZONE 'UTC'"),
    "numbers have 32 bits": _sql(r"(\d{10,})", r"\1::integer"),
    "integers are divided as PostgreSQL does": _sql(r"floor_divide\(([^(),]*), ", r"div(\1, "),
    "any stops at the first": _sql(r"bool_or", "bool_and"),
    "where is forgotten": _sql(r"count\(\*\) FROM (.*?) WHERE [^)]*", r"count(*) FROM \1"),
    "percent signs are not doubled": _sql(r"%%", "% "),
}
IN_PYTHON: dict[str, Mutation] = {
    "integers have no limit": _python(r"int64\(", "("),
    "decimals are rounded to 28 digits": _python(r"multiply\(", "(lambda a, b: a * b)("),
    "days begin in UTC": _python(r"ZoneInfo\(.*?\)", 'ZoneInfo("UTC")'),
    "missing values are added": _python(r"present\(", "("),
    "every row counts": _python(r"(for \w+ in [\w.]+) if [^()]*", r"\1"),
    "remainders are Python's": _python(r"floor_modulo\(", "(lambda a, b: a % b)("),
}
MUTANTS = {
    f"{where}: {name}": mutation
    for where, mutations in (("memory", IN_MEMORY), ("sql", IN_SQL), ("python", IN_PYTHON))
    for name, mutation in mutations.items()
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_backend_is_found_out(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    MUTANTS[name](monkeypatch)
    with pytest.raises((Disagreement, TypeError, ArithmeticError)):
        run(bench, 300, shrink=False)


def test_what_the_planner_works_out_too_early_is_found_out(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    expression = check("owner.age > 200 and 10 // small > 1", WorldScope())
    row = next(item for item in bench.world.items if item.__dict__["small"] == 0)
    assert in_trigger(bench.connection, expression, [row]) == [False]
    monkeypatch.setattr(Folding, "may_fail", lambda *_: False)
    assert in_trigger(bench.connection, expression, [row]) == [FAILURE]
