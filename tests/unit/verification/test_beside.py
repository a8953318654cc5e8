"""A second lane in a process of its own: same verdicts, and no harm when it fails."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import pytest
from notes_service import running as running_module
from notes_service.application import APPLICATION
from notes_service.running import NotesControls, NotesWorld, running
from notes_service.service import Service

from local_engine.verification import beside as beside_module
from local_engine.verification import run as run_module
from local_engine.verification.beside import SecondCopyFailed, second_lane
from local_engine.verification.checks import Check, Verdict
from local_engine.verification.context import Context
from local_engine.verification.events import CheckFinished, Event, GroupFinished, GroupStarted
from local_engine.verification.registry import Group
from local_engine.verification.report import Report
from local_engine.verification.run import verify

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="a second lane is forked, which is safe on Linux only"
)
Open = Callable[[], AbstractContextManager[NotesControls]]
HERE = os.getpid()


def copy() -> AbstractContextManager[NotesControls]:
    return running(Service())


def verified(
    *groups: Group, monkeypatch: pytest.MonkeyPatch, open_second: Open = copy
) -> tuple[Report, list[Event]]:
    """The groups, on two lanes."""
    events: list[Event] = []
    monkeypatch.setattr(run_module, "GROUPS", groups)
    monkeypatch.setattr(beside_module, "GROUPS", groups)
    with (
        second_lane(APPLICATION, open_second, make_world=NotesWorld) as second,
        running(Service()) as controls,
    ):
        report = verify(
            APPLICATION, controls, second=second, make_world=NotesWorld, on_event=events.append
        )
    return report, events


def slow_group(name: str, log: Path, run: Callable[[Context], None] | None = None) -> Group:
    def check(context: Context) -> None:
        with log.open("a") as file:
            file.write(f"{name} {os.getpid()}\n")
        time.sleep(0.3)
        if run:
            run(context)
        context.world.create("Note")

    return Group(name, "A group", lambda _: [Check(f"{name}.0", "It holds.", check)])


def by_process(log: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in log.read_text().splitlines():
        name, pid = line.split()
        found.setdefault("here" if int(pid) == HERE else "there", set()).add(name)
    return found


def test_groups_are_shared_by_both_processes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    groups = [slow_group(name, tmp_path / "log") for name in "abcdefgh"]
    report, events = verified(*groups, monkeypatch=monkeypatch)
    assert report.verdict is Verdict.PASSED
    assert [group.group for group in report.groups] == list("abcdefgh")
    found = by_process(tmp_path / "log")
    assert found["here"]
    assert found["there"]
    assert not found["here"] & found["there"]
    told = [event.result for event in events if isinstance(event, CheckFinished)]
    assert {one.check for one in told} == {one.check for one in report.results}
    assert len(told) == len(report.results)
    for kind in (GroupStarted, GroupFinished):
        assert sum(isinstance(event, kind) for event in events) == len(groups)


def test_the_verdicts_are_those_of_one_lane() -> None:
    names = ("auth", "contract", "access")

    def verdicts(report: Report) -> dict[str, Verdict]:
        return {result.check: result.verdict for result in report.results}

    @contextmanager
    def defective() -> Iterator[NotesControls]:
        with running(Service()) as controls:
            controls.service.defects |= {"filter_ignored", "reuse_taken", "nulls_first"}
            yield controls

    with (
        second_lane(APPLICATION, defective, make_world=NotesWorld) as second,
        defective() as controls,
    ):
        two = verify(APPLICATION, controls, second=second, groups=names, make_world=NotesWorld)
    with defective() as controls:
        one = verify(APPLICATION, controls, groups=names, make_world=NotesWorld)
    assert verdicts(two) == verdicts(one)
    assert Verdict.FAILED in verdicts(two).values()


def test_a_group_that_wants_to_be_alone_comes_when_the_others_are_done(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    alone = slow_group("z", log)
    alone = Group("z", "A group", alone.checks, alone=True)
    verified(alone, *[slow_group(name, log) for name in "abcd"], monkeypatch=monkeypatch)
    assert log.read_text().splitlines()[-1].startswith("z ")
    assert "z" in by_process(log)["here"]


def test_a_second_copy_that_cannot_start_is_told_at_the_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    @contextmanager
    def broken() -> Iterator[NotesControls]:
        raise RuntimeError("no port is free")
        yield

    groups = [slow_group(name, tmp_path / "log") for name in "ab"]
    with pytest.raises(SecondCopyFailed, match="no port is free"):
        verified(*groups, monkeypatch=monkeypatch, open_second=broken)
    assert by_process(tmp_path / "log") == {"here": {"a", "b"}}


def test_a_second_copy_that_cannot_start_is_told_even_if_no_group_was_for_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    @contextmanager
    def broken() -> Iterator[NotesControls]:
        raise RuntimeError("no port is free")
        yield

    alone = Group("z", "A group", slow_group("z", tmp_path / "log").checks, alone=True)
    with pytest.raises(SecondCopyFailed, match="no port is free"):
        verified(alone, monkeypatch=monkeypatch, open_second=broken)


def test_the_first_lane_does_what_the_second_one_dies_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def dies(_: Context) -> None:
        if os.getpid() != HERE:
            os._exit(1)

    groups = [slow_group(name, tmp_path / "log", dies) for name in "abcdef"]
    report, _ = verified(*groups, monkeypatch=monkeypatch)
    assert report.verdict is Verdict.PASSED
    found = by_process(tmp_path / "log")
    assert len(found["there"]) == 1
    assert found["here"] == set("abcdef")


class Sharing(NotesControls):
    """Writes down what becomes of the accounts."""

    def __init__(self, service: Service, port: int, log: Path) -> None:
        super().__init__(service, port)
        self.log = log

    def accounts(self) -> object:
        return f"made in {os.getpid()}"

    def expect_accounts(self, accounts: object) -> None:
        self.log.write_text(f"{accounts}, expected in {os.getpid()}")


def test_the_first_lane_gives_the_second_one_its_accounts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    monkeypatch.setattr(running_module, "NotesControls", partial(Sharing, log=told))
    groups = [slow_group(name, tmp_path / "log") for name in "abcd"]
    report, _ = verified(*groups, monkeypatch=monkeypatch)
    assert report.verdict is Verdict.PASSED
    assert re.fullmatch(rf"made in {HERE}, expected in (?!{HERE}$)\d+", told.read_text())


def test_the_second_lane_makes_accounts_where_the_first_one_cannot(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def world(context: Context) -> NotesWorld:
        if os.getpid() == HERE:
            raise RuntimeError("not here")
        return NotesWorld(context)

    monkeypatch.setattr(
        run_module, "GROUPS", groups := tuple(slow_group(name, tmp_path / "log") for name in "ab")
    )
    monkeypatch.setattr(beside_module, "GROUPS", groups)
    with second_lane(APPLICATION, copy, make_world=world) as second, copy() as controls:
        report = verify(APPLICATION, controls, second=second, make_world=world)
    assert Verdict.INCONCLUSIVE in {result.verdict for result in report.results}


def test_an_interruption_ends_both(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    closed = tmp_path / "closed"

    def interrupted(_: Context) -> None:
        if os.getpid() == HERE:
            raise KeyboardInterrupt
        time.sleep(60)

    @contextmanager
    def telling() -> Iterator[NotesControls]:
        with running(Service()) as controls:
            try:
                yield controls
            finally:
                closed.write_text("in good order")

    began = time.monotonic()
    groups = [slow_group(name, tmp_path / "log", interrupted) for name in "ab"]
    with pytest.raises(KeyboardInterrupt):
        verified(*groups, monkeypatch=monkeypatch, open_second=telling)
    assert time.monotonic() - began < 20
    assert closed.read_text() == "in good order"
