"""What a design gives back: a plan, the extension points that it needs, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass

from local_engine.generator.agents.providers import Usage
from local_engine.generator.blueprint import Blueprint
from local_engine.generator.planner import Decision, Question


@dataclass(frozen=True)
class Wish:
    """Something that the Blueprint cannot say: what an operation's or a job's function shall do."""

    name: str
    what: str


@dataclass(frozen=True)
class Design:
    """A designed Blueprint, its canonical YAML, and how it came about.

    `notes` say in plain words what was done without the model, and why; `models` who answered
    (`gemini/gemini-3.8-flash`), none where the planner alone did it.
    """

    blueprint: Blueprint
    text: str
    decisions: tuple[Decision, ...]
    questions: tuple[Question, ...]
    wishes: tuple[Wish, ...]
    notes: tuple[str, ...]
    models: tuple[str, ...]
    used: Usage
