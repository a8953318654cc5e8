"""What planning gives back: the plan, the reasons for it, and the ways in which it can fail."""

from __future__ import annotations

from dataclasses import dataclass

from local_engine.generator.blueprint import Blueprint


@dataclass(frozen=True)
class Decision:
    """One thing that was decided.

    `path` is where it stands in the Blueprint (`entities.Post.owner`), `what` it in a few words,
    `why` the reason in words, `quote` the words of the prompt it comes from, `span` where they
    stand in the prompt (first and after the last character). `assumed` says that the prompt does
    not say it.
    """

    path: str
    what: str
    why: str
    quote: str | None = None
    assumed: bool = False
    span: tuple[int, int] | None = None


@dataclass(frozen=True)
class Question:
    """Something the prompt leaves open.

    `about` is a path of the Blueprint or words of the prompt.
    """

    text: str
    options: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True)
class Plan:
    """A planned Blueprint, its canonical YAML, and how it came about."""

    blueprint: Blueprint
    text: str
    decisions: tuple[Decision, ...]
    questions: tuple[Question, ...]


class PlanningError(Exception):
    """The prompt cannot be planned; `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class NotUnderstood(PlanningError):
    """Nothing in the prompt says what to store; `question` asks for it."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.text, 'for example: "A simple todo API"')
        self.question = question
