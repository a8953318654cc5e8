"""What happens while a project is started and runs, as typed events for whoever shows it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class StageStarted:
    """A stage begins. `stage` is a word for programs, `title` one for people."""

    stage: str
    title: str


@dataclass(frozen=True)
class StageFinished:
    """A stage ended well, after so many seconds."""

    stage: str
    seconds: float


@dataclass(frozen=True)
class LogLine:
    """The service wrote a line, given here without its end."""

    line: str


@dataclass(frozen=True)
class ServiceEnded:
    """The service ended without having been told to by its owner.

    `exit_code` is None when another process asked it to stop, and 128 + the number of a signal
    when that ended it.
    """

    exit_code: int | None


@dataclass(frozen=True)
class Rehearsed:
    """Migrations ran on a copy of the data, which was stored before as this snapshot.

    `lines` say in words what they do to the rows.
    """

    snapshot: str
    lines: Sequence[str]


Event = StageStarted | StageFinished | LogLine | ServiceEnded | Rehearsed
OnEvent = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Do nothing with an event: for callers who are not interested."""


@contextmanager
def stage(
    on_event: Callable[[StageStarted | StageFinished], None], name: str, title: str
) -> Iterator[None]:
    """Report the block as a stage; one that raises is never reported as finished."""
    on_event(StageStarted(name, title))
    began = time.monotonic()
    yield
    on_event(StageFinished(name, time.monotonic() - began))
