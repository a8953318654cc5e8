"""Stages are reported when they begin and when they end well."""

from __future__ import annotations

import pytest

from local_engine.runtime.events import Event, StageFinished, StageStarted, stage


def test_a_stage_that_ends_well_is_reported_with_its_time() -> None:
    events: list[Event] = []
    with stage(events.append, "serve", "Start"):
        assert events == [StageStarted("serve", "Start")]
    finished = events[1]
    assert isinstance(finished, StageFinished)
    assert (finished.stage, 0 <= finished.seconds < 1) == ("serve", True)


def test_a_stage_that_fails_is_never_reported_as_finished() -> None:
    events: list[Event] = []
    with pytest.raises(RuntimeError), stage(events.append, "serve", "Start"):
        raise RuntimeError
    assert events == [StageStarted("serve", "Start")]
