"""The property: the backends agree on random expressions over random rows.

In memory, in SQL on a real PostgreSQL, and as compiled Python: the same value, or no value in all
three. The seed is printed; EXPRESSION_SEED sets another one.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from expression_agreement.backends import (
    FAILURE,
    Disagreement,
    Setting,
    compiled,
    in_memory,
    in_sql,
    in_trigger,
    same,
    sql_names,
)
from expression_agreement.backends import Variables as PythonVariables
from expression_agreement.grammar import TIME_ZONES, random_expression
from expression_agreement.shrink import shrunk
from expression_agreement.world import (
    DATES,
    INTEGERS,
    MOMENTS,
    MONEY,
    TEXTS,
    World,
    WorldScope,
)
from local_engine.generator.blueprint.expressions import Expression, ExpressionErrors, check
from local_engine.generator.blueprint.expressions.nodes import Node, walk
from local_engine.generator.blueprint.expressions.to_python import to_python
from local_engine.generator.blueprint.expressions.to_sql import compile_sql

SEED = int(os.environ.get("EXPRESSION_SEED", "20261128"))
BATCH = 16
ROWS = 5
NOWS = [
    datetime(2026, 3, 29, 0, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2027, 12, 31, 23, 30, tzinfo=UTC),
]
REFUSED_BY_VALUE = (
    "never has a value",
    "divides by zero",
    "could get more than",
    "could get too long",
    "nested more than",
    "at most 2000",
    "always has a value",
    "always the same",
)
"""Refusals that depend on values and sizes, which the grammar does not look at."""


@dataclass
class Tally:
    """What a run has seen."""

    texts: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    values: int = 0
    failures: int = 0
    missing: int = 0
    constructs: Counter[str] = field(default_factory=Counter)
    helpers: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        return (
            f"{len(self.texts)} expressions ({len(self.refused)} refused), {self.values} values,"
            f" {self.failures} without value, {self.missing} missing"
        )

    def saw(self, expression: Expression) -> None:
        self.texts.add(expression.text)
        self.constructs.update(_construct(node) for node in walk(expression.root))
        self.helpers |= {needed.name for needed in to_python(expression, PythonVariables()).imports}
        self.functions |= {f.name for f in compile_sql(expression, sql_names()).functions}

    def counts(self, value: object) -> None:
        self.failures += value is FAILURE
        self.missing += value is None
        self.values += value is not FAILURE and value is not None


@dataclass
class Bench:
    """A database with a world in it, and the same world in memory."""

    connection: psycopg.Connection[Any]
    world: World
    fixed: World
    folder: Path
    tally: Tally = field(default_factory=Tally)


def checked(text: str, time_zone: str, tally: Tally) -> Expression | None:
    """The expression; None if it is refused for its values."""
    try:
        expression = check(text, WorldScope(), time_zone=time_zone)
    except ExpressionErrors as errors:
        for problem in errors.problems:
            assert any(reason in problem.message for reason in REFUSED_BY_VALUE), (text, problem)
        tally.refused.add(text)
        return None
    tally.saw(expression)
    return expression


def _construct(node: Node) -> str:
    detail = getattr(node, "operator", None) or getattr(node, "function", None) or ""
    return f"{type(node).__name__} {detail}".strip()


def setting_of(world: World, draws: list[int]) -> Setting:
    """Input, user and clock."""
    users = [None, *world.users]
    moments = [moment.astimezone(UTC) for moment in MOMENTS if 1 < moment.year < 9999]
    return Setting(
        now=NOWS[draws[0] % len(NOWS)],
        user=users[draws[1] % len(users)],
        n=INTEGERS[draws[2] % len(INTEGERS)],
        x=MONEY[draws[3] % len(MONEY)],
        s=[None, *TEXTS][draws[4] % (len(TEXTS) + 1)],
        on=DATES[draws[5] % len(DATES)],
        at=moments[draws[6] % len(moments)],
        item=world.items[draws[7] % len(world.items)],
    )


Compare = Callable[[Bench, list[Expression], list[int], list[int]], None]


def all_three(bench: Bench, batch: list[Expression], numbers: list[int], draws: list[int]) -> None:
    """Works out expressions for some rows in three ways and compares."""
    rows = [bench.world.items[number] for number in numbers]
    fixed = [bench.fixed.items[number] for number in numbers]
    setting, fixed_setting = (setting_of(world, draws) for world in (bench.world, bench.fixed))
    by_sql = in_sql(bench.connection, batch, rows, setting)
    functions = compiled(batch, bench.folder)
    for expression, function, column in zip(batch, functions, by_sql, strict=True):
        for row, fixed_row, sql in zip(rows, fixed, column, strict=True):
            memory = in_memory(expression, row, setting)
            python = function(fixed_row, fixed_setting)
            alike = same(memory, python) and type(memory) is type(python)
            if not (alike and same(memory, sql)):
                raise Disagreement(f"{expression.text}: {memory=} {sql=} {python=}")
            bench.tally.counts(memory)


def with_variables(
    bench: Bench, batch: list[Expression], numbers: list[int], draws: list[int]
) -> None:
    """Compares with SQL in which the row is a variable, as in a trigger."""
    rows = [bench.world.items[number] for number in numbers]
    for expression in batch:
        if not expression.uses_now:
            by_sql = in_trigger(bench.connection, expression, rows)
            for row, sql in zip(rows, by_sql, strict=True):
                memory = in_memory(expression, row, setting_of(bench.world, draws))
                if not same(memory, sql):
                    raise Disagreement(f"{expression.text}: {memory=} {sql=}")
                bench.tally.counts(memory)


def run(
    bench: Bench,
    examples: int,
    compare: Compare = all_three,
    *,
    own: bool = False,
    shrink: bool = True,
) -> None:
    """The property, over so many batches; the expression that breaks it is made small."""

    @seed(SEED)
    @settings(
        max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.integers(0, 2**64), st.sampled_from(TIME_ZONES))
    def holds(number: int, time_zone: str) -> None:
        chance = random.Random(number)
        texts = sorted({random_expression(chance, own=own) for _ in range(BATCH)})
        rows = chance.sample(range(len(bench.world.items)), ROWS)
        draws = [chance.randrange(10_000) for _ in range(8)]

        def compared(chosen: list[str]) -> None:
            found = [checked(text, time_zone, bench.tally) for text in chosen]
            batch = [expression for expression in found if expression is not None]
            if batch:
                compare(bench, batch, rows, draws)

        try:
            compared(texts)
        except Disagreement:
            if shrink:
                compared([_smallest(texts, compared)])
            raise

    print(f"seed {SEED}")
    holds()
    print(bench.tally)


def _smallest(texts: list[str], compared: Callable[[list[str]], None]) -> str:
    def fails(text: str) -> bool:
        try:
            compared([text])
        except Disagreement:
            return True
        except AssertionError:
            return False
        return False

    return shrunk(next(text for text in texts if fails(text)), fails)
