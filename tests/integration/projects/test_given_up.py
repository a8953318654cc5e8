"""What was discarded can be had back for a month, whatever the clock does meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from projects import notes_project

from local_engine.projects import Project, recoverable

DAY = 24 * 3600
At = Callable[[float], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Lets the clock show so many days from now."""
    true = time.time
    shown = [0.0]
    monkeypatch.setattr(recoverable, "now", lambda: true() + shown[0] * DAY)

    def moved(days: float) -> None:
        shown[0] = days

    return moved


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """One in which something was tried out and discarded."""
    project = notes_project(tmp_path / "notes")
    project.try_out("idea")
    (project.folder / "mine.txt").write_text("mine\n")
    project.discard()
    assert [item.name for item in project.given_up()] == ["idea"]
    return project


def test_it_goes_after_a_month_and_a_week_of_use(project: Project, at: At) -> None:
    for days in (29, 31, 37):
        at(days)
        project.notice()
        assert len(project.given_up()) == 1, days
    at(38.1)
    project.notice()
    assert project.given_up() == []


@pytest.mark.parametrize("jumps", [(400, 0), (400, -400, 0), (0, 4000, 1, 4000, 2)])
def test_a_clock_that_jumps_lets_nothing_go(
    project: Project, at: At, jumps: tuple[int, ...]
) -> None:
    for days in jumps:
        at(days)
        project.notice()
        assert len(project.given_up()) == 1, days
    (item,) = project.given_up()
    project.have_back(item)
    assert (project.folder / "mine.txt").read_text() == "mine\n"
