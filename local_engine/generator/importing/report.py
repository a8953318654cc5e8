"""What an import gives back: the Blueprint, and an account of every part of its source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from local_engine.generator.blueprint import Blueprint


class Outcome(StrEnum):
    """What became of a part of the source."""

    TAKEN = "taken"
    """It is in the Blueprint and means the same there."""
    ASSUMED = "assumed"
    """It is in the Blueprint by a guess, or in another form; `text` says why."""
    LEFT_OUT = "left out"
    """It is not in the Blueprint; `text` says why."""
    QUESTION = "question"
    """The source cannot say it, so a person has to."""


@dataclass(frozen=True)
class Note:
    """One line of the account.

    `source` names the part of what was imported (`orders.total`, `trigger audit`), `path` the
    place in the Blueprint (`entities.Order.fields.total`; empty where there is none).
    """

    outcome: Outcome
    source: str
    path: str
    text: str


@dataclass(frozen=True)
class Import:
    """An imported Blueprint, its canonical YAML, and what became of every part of the source."""

    blueprint: Blueprint
    text: str
    notes: tuple[Note, ...]

    def with_outcome(self, outcome: Outcome) -> tuple[Note, ...]:
        """The notes of one outcome, in order of the source."""
        return tuple(note for note in self.notes if note.outcome is outcome)

    @property
    def counts(self) -> dict[str, int]:
        """How many notes there are of each outcome."""
        found = Counter(note.outcome for note in self.notes)
        return {outcome.value: found[outcome] for outcome in Outcome}


class ImportRefused(Exception):
    """The source cannot be imported; `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Account:
    """Collects the notes of an import."""

    def __init__(self) -> None:
        self._notes: dict[Note, None] = {}

    def taken(self, source: str, path: str, text: str = "") -> None:
        """It is in the Blueprint with the same meaning."""
        self._add(Outcome.TAKEN, source, path, text)

    def assumed(self, source: str, path: str, text: str) -> None:
        """It is in the Blueprint by a guess, or in another form."""
        self._add(Outcome.ASSUMED, source, path, text)

    def left_out(self, source: str, text: str, path: str = "") -> None:
        """It is not in the Blueprint."""
        self._add(Outcome.LEFT_OUT, source, path, text)

    def ask(self, source: str, path: str, text: str) -> None:
        """A person has to say it."""
        self._add(Outcome.QUESTION, source, path, text)

    def _add(self, outcome: Outcome, source: str, path: str, text: str) -> None:
        self._notes[Note(outcome, source, path, text)] = None

    @property
    def notes(self) -> tuple[Note, ...]:
        """All notes, each once, in the order in which they were made."""
        return tuple(self._notes)


def listed(names: Iterable[str], most: int = 8) -> str:
    """Names for a sentence: `a, b, c and 4 more`."""
    found = list(names)
    text = ", ".join(found[:most])
    return f"{text} and {len(found) - most} more" if len(found) > most else text
