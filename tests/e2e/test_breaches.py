"""Breaches made by hand in generated code are caught by the verifier."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from breach_table import TABLE
from breached import BreachedProject, breached_project
from breaches import Breach

from local_engine.verification.checks import Verdict

Running = Callable[[str], BreachedProject]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Gives the running project of an example: the one that there is, until another is wanted.

    A parametrized fixture would begin anew for every row.
    """
    current: dict[str, BreachedProject] = {}
    with ExitStack() as held:

        def of(example: str) -> BreachedProject:
            if example not in current:
                held.close()
                current.clear()
                folder = tmp_path_factory.mktemp(example)
                current[example] = held.enter_context(breached_project(example, folder))
            return current[example]

        yield of


@pytest.mark.parametrize(
    "breach",
    [
        pytest.param(breach, id=breach.id, marks=() if breach.standard else pytest.mark.full)
        for breach in TABLE
    ],
)
def test_breach_is_caught(running: Running, breach: Breach) -> None:
    results = running(breach.example).results(breach)
    assert results[-1].verdict is Verdict.FAILED, [
        f"{result.check}: {result.verdict} {result.reason}" for result in results
    ]
