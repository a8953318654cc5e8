"""Rate limits of a Blueprint: they are checked, and are no reason for other checks to fail."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from notes_service.application import APPLICATION, NOTE
from notes_service.running import NotesControls, NotesWorld, running
from notes_service.service import Service

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.checks import Verdict
from local_engine.verification.run import verify


def limited(times: int) -> Application:
    note = replace(NOTE, rate_limits={"create": (times, 60)})
    return replace(APPLICATION, entities={**APPLICATION.entities, "Note": note})


@pytest.fixture
def controls() -> Iterator[NotesControls]:
    with running(Service()) as controls:
        yield controls


@pytest.mark.parametrize(
    ("allowed", "verdict"),
    [(4, Verdict.PASSED), (3, Verdict.FAILED), (5, Verdict.FAILED), (None, Verdict.FAILED)],
)
def test_the_limit_is_where_it_should_be(
    allowed: int | None, verdict: Verdict, controls: NotesControls
) -> None:
    controls.service.notes.most_created = allowed

    report = verify(limited(4), controls, groups=["contract"], make_world=NotesWorld)

    found = {result.check: result.verdict for result in report.results}
    assert found["contract.rate_limit.create.note"] is verdict


def test_other_checks_begin_again_where_the_limit_is_in_the_way(controls: NotesControls) -> None:
    controls.service.notes.most_created = 8

    report = verify(limited(8), controls, groups=["contract", "input"], make_world=NotesWorld)

    assert report.counts[Verdict.FAILED] == 0
    unclear = [result for result in report.results if result.verdict is Verdict.INCONCLUSIVE]
    assert all("rate limit" in result.reason for result in unclear)
    assert len(unclear) < report.counts[Verdict.PASSED] / 10
