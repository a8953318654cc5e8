"""Breaches made by hand in generated code are caught by the verifier."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from breach_table import TABLE
from breached import BreachedProject, breached_project
from breaches import Breach

from local_engine.verification.checks import Verdict


@pytest.fixture(scope="module")
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BreachedProject]:
    """The project of an example, one for all breaches in it."""
    with breached_project(request.param, tmp_path_factory.mktemp(request.param)) as running:
        yield running


@pytest.mark.parametrize(
    ("project", "breach"),
    [
        pytest.param(
            breach.example,
            breach,
            id=breach.id,
            marks=() if breach.standard else pytest.mark.full,
        )
        for breach in TABLE
    ],
    indirect=["project"],
)
def test_breach_is_caught(project: BreachedProject, breach: Breach) -> None:
    results = project.results(breach)
    assert results[-1].verdict is Verdict.FAILED, [
        f"{result.check}: {result.verdict} {result.reason}" for result in results
    ]
