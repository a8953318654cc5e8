"""How groups are run: order, freshness, budget, and what goes wrong on the way."""

from collections.abc import Callable, Iterator

import pytest
from notes_service.application import APPLICATION
from notes_service.running import NotesControls, NotesWorld, running
from notes_service.service import Service

from local_engine.verification import run as run_module
from local_engine.verification.checks import (
    Check,
    CheckFailed,
    NotApplicable,
    Result,
    SetUpFailed,
    Verdict,
)
from local_engine.verification.context import Context
from local_engine.verification.events import (
    CheckFinished,
    Event,
    GroupFinished,
    GroupStarted,
    VerificationFinished,
)
from local_engine.verification.registry import Group
from local_engine.verification.report import Report
from local_engine.verification.run import verify


@pytest.fixture
def controls() -> Iterator[NotesControls]:
    with running(Service()) as controls:
        yield controls


def group(
    name: str, *runs: Callable[[Context], None], waits: bool = False, alone: bool = False
) -> Group:
    checks = [Check(f"{name}.{n}", "It holds.", run) for n, run in enumerate(runs)]
    return Group(name, "A group", lambda _: checks, waits=waits, alone=alone)


@pytest.fixture
def with_groups(controls: NotesControls, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Report]:
    def verify_with(*groups: Group, **options: object) -> Report:
        monkeypatch.setattr(run_module, "GROUPS", groups)
        return verify(APPLICATION, controls, make_world=NotesWorld, **options)  # type: ignore[arg-type]

    return verify_with


def only(report: Report, check: str) -> Result:
    return next(result for result in report.results if result.check == check)


def passes(_: Context) -> None:
    """It holds."""


def test_every_kind_of_end(with_groups: Callable[..., Report]) -> None:
    def fails(_: Context) -> None:
        raise CheckFailed("this", "that")

    def lacks(_: Context) -> None:
        raise SetUpFailed("no row")

    def has_nothing(_: Context) -> None:
        raise NotApplicable("no field")

    def breaks(_: Context) -> None:
        raise ZeroDivisionError("oh")

    report = with_groups(group("g", passes, fails, lacks, has_nothing, breaks))

    assert [result.verdict for result in report.results] == [
        Verdict.PASSED,
        Verdict.FAILED,
        Verdict.INCONCLUSIVE,
        Verdict.NOT_APPLICABLE,
        Verdict.INCONCLUSIVE,
    ]
    assert only(report, "g.1").reason == "expected this; found that"
    assert "ZeroDivisionError: oh at test_run.py:" in only(report, "g.4").reason


def test_each_group_begins_with_a_fresh_database(with_groups: Callable[..., Report]) -> None:
    def is_alone(context: Context) -> None:
        assert context.http.send("GET", "/notes").json["items"] == []
        context.world.create("Note")

    report = with_groups(group("a", is_alone), group("b", is_alone))

    assert report.verdict is Verdict.PASSED


def test_a_world_that_cannot_be_made_makes_checks_inconclusive(controls: NotesControls) -> None:
    def no_world(_: Context) -> NotesWorld:
        raise SetUpFailed("the users command failed")

    report = verify(APPLICATION, controls, groups=["auth", "boot"], make_world=no_world)

    assert only(report, "boot.health").verdict is Verdict.PASSED
    assert only(report, "auth.login").verdict is Verdict.INCONCLUSIVE
    assert only(report, "auth.login").reason == "the users command failed"


def test_a_service_that_is_away_is_inconclusive(controls: NotesControls) -> None:
    controls.base_url = "http://127.0.0.1:1"

    report = verify(APPLICATION, controls, groups=["boot"], make_world=NotesWorld)

    assert {result.verdict for result in report.results} == {Verdict.INCONCLUSIVE}


def test_events_tell_everything_in_order(controls: NotesControls) -> None:
    events: list[Event] = []

    report = verify(
        APPLICATION, controls, groups=["boot"], make_world=NotesWorld, on_event=events.append
    )

    assert isinstance(events[0], GroupStarted)
    assert isinstance(events[-2], GroupFinished)
    assert events[-1] == VerificationFinished(report)
    finished = [event.result for event in events if isinstance(event, CheckFinished)]
    assert tuple(finished) == report.results


def test_the_same_seed_gives_the_same_verdicts_in_any_company() -> None:
    both = verdicts_of("auth", "contract")

    assert both == verdicts_of("contract") | verdicts_of("auth")
    assert Verdict.FAILED in both.values()


def verdicts_of(*groups: str) -> dict[str, Verdict]:
    with running(Service()) as controls:
        controls.service.defects |= {"filter_ignored", "reuse_taken", "nulls_first"}
        report = verify(APPLICATION, controls, groups=groups, make_world=NotesWorld)
    return {result.check: result.verdict for result in report.results}


def test_a_budget_that_is_spent(with_groups: Callable[..., Report]) -> None:
    report = with_groups(group("g", passes), budget=0.0)

    assert only(report, "g.0").verdict is Verdict.INCONCLUSIVE
    assert "budget" in only(report, "g.0").reason


def test_groups_that_wait_come_last_and_are_reported_first(
    with_groups: Callable[..., Report],
) -> None:
    order: list[str] = []
    first = group("first", lambda _: order.append("first"), waits=True)
    second = group("second", lambda _: order.append("second"))

    report = with_groups(first, second)

    assert order == ["second", "first"]
    assert [one.group for one in report.groups] == ["first", "second"]


def test_checks_that_cannot_be_derived(with_groups: Callable[..., Report]) -> None:
    def broken(_: object) -> list[Check]:
        raise KeyError("entity")

    twice = [Check("b.x", "", passes), Check("b.x", "", passes)]
    report = with_groups(Group("a", "A", broken), Group("b", "B", lambda _: twice))

    assert "KeyError" in only(report, "a.derive").reason
    assert "same id: b.x" in only(report, "b.derive").reason


def test_a_connection_that_breaks_off_is_a_failure(
    with_groups: Callable[..., Report], controls: NotesControls
) -> None:
    def sends(context: Context) -> None:
        controls.service.defects.add("breaks_off")
        context.http.send("GET", "/notes")

    report = with_groups(group("g", sends))

    assert only(report, "g.0").verdict is Verdict.FAILED
    assert only(report, "g.0").root == "no-answer GET /notes"


def test_an_unknown_group_is_an_error(controls: NotesControls) -> None:
    with pytest.raises(ValueError, match="there is no group nonsense; the groups are"):
        verify(APPLICATION, controls, groups=["nonsense"], make_world=NotesWorld)
