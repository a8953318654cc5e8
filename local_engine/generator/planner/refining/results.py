"""What refining gives back: edits with their reasons, and what stays open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_engine.generator.blueprint.editing import BaseEdit
from local_engine.generator.planner.results import Question


@dataclass(frozen=True)
class Refined:
    """One edit and why it is made; `quote` are the words of the prompt that it comes from."""

    edit: BaseEdit
    why: str
    quote: str


@dataclass(frozen=True)
class Refinement:
    """The edits that a prompt asks for, in order, and questions about the rest of it."""

    changes: tuple[Refined, ...]
    questions: tuple[Question, ...]

    @property
    def edits(self) -> list[BaseEdit]:
        """The edits alone."""
        return [change.edit for change in self.changes]


@dataclass(frozen=True)
class Step:
    """An edit as plain data, and why it is made."""

    edit: Mapping[str, Any]
    why: str


class Unclear(Exception):
    """Words that could not be placed; `question` asks about them."""

    def __init__(self, text: str, options: tuple[str, ...] = (), about: str = "") -> None:
        super().__init__(text)
        self.question = Question(text, options, about)


class NotMine(Exception):
    """The clause has the shape but not the words of an intent; the next one may have it."""
