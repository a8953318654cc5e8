"""What the services below tell, as events of a job."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from local_engine.jobs.events import (
    Event,
    FinishedEarlier,
    KeptChanges,
    KeptOnDisk,
    NotInHistory,
    Rehearsed,
    StageBegan,
    StageEnded,
)
from local_engine.jobs.run import Run, log_line
from local_engine.runtime import events as runtime

SHOWN = 100


def telling_stages(run: Run) -> Callable[[object], None]:
    """An `on_event` for the services below: what they tell becomes the job's."""
    return hearing(run.tell)


def hearing(listener: Callable[[Event], None]) -> Callable[[object], None]:
    """An `on_event` for the services below: what they tell is heard as events of jobs are."""

    def on_event(event: object) -> None:
        told = _of_a_preview(event) or _of_the_store(event)
        if told is not None:
            listener(told)

    return on_event


def _of_a_preview(event: object) -> Event | None:
    match event:
        case runtime.StageStarted(stage, title):
            return StageBegan(stage=stage, title=title)
        case runtime.StageFinished(stage, seconds):
            return StageEnded(stage=stage, seconds=seconds)
        case runtime.LogLine(line):
            return log_line(line)
        case runtime.Rehearsed(snapshot, lines):
            return Rehearsed(snapshot=snapshot, lines=_words(lines))
    return None


def _of_the_store(event: object) -> Event | None:
    from local_engine.projects import events

    match event:
        case events.OutsideChanges(version, paths):
            return KeptChanges(version=version, paths=_words(paths), count=len(paths))
        case events.LeftOutOfHistory(items):
            reasons = {_word(item.path): str(item.reason) for item in items[:SHOWN]}
            return NotInHistory(reasons=reasons, count=len(items))
        case events.Recovered(action):
            return FinishedEarlier(action=action)
        case events.KeptOnDisk(paths):
            return KeptOnDisk(paths=_words(paths), count=len(paths))
    return None


def _words(paths: Iterable[str]) -> list[str]:
    return [_word(path) for path in islice(paths, SHOWN)]


def _word(path: str) -> str:
    """A path that can be written anywhere; names on disk need not be Unicode."""
    return path.encode(errors="replace").decode()
