"""What happens during a repair, as typed events for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Tries:
    """A state of the project is verified in a copy; `number` counts from 1."""

    number: int
    what: str


@dataclass(frozen=True)
class Found:
    """Something was found out, in plain words."""

    words: str


Event = Tries | Found
OnEvent = Callable[[Event], None]


def ignore(_: Event) -> None:
    """Nobody listens."""
