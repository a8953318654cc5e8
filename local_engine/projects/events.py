"""What the project store does and notices, as typed events for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from local_engine.projects.leaving_out import LeftOut
from local_engine.runtime.events import StageFinished, StageStarted


@dataclass(frozen=True)
class OutsideChanges:
    """Files were changed outside of us; they are kept as the version of this id."""

    version: str
    paths: tuple[str, ...]


@dataclass(frozen=True)
class LeftOutOfHistory:
    """Things in the folder that the history does not hold, and why."""

    items: tuple[LeftOut, ...]


@dataclass(frozen=True)
class Recovered:
    """A step of an earlier process that was cut short has been finished."""

    action: str


@dataclass(frozen=True)
class KeptOnDisk:
    """The user changed these files while others were written: what they wrote stays on disk."""

    paths: tuple[str, ...]


Event = StageStarted | StageFinished | OutsideChanges | LeftOutOfHistory | Recovered | KeptOnDisk
OnEvent = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Do nothing with an event: for callers who are not interested."""
