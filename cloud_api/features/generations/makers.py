"""What makes a Blueprint from a prompt: behind one protocol, whatever stands behind it.

The planner without a model is here; `agents` asks models, with the keys of the user or of the
platform.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from local_engine.contracts.generation import Decision, Made, Noticed, OpenQuestion, RunProblem
from local_engine.generator.planner import Decision as Decided
from local_engine.generator.planner import PlanEvent, PlanningError, Question, plan

NO_MODEL = (
    "No model was used: the planner without a model made this by rules. It reads plain English "
    "best."
)

Report = Callable[[list[Noticed]], Awaitable[None]]
"""Tells what was found out. Raises `CalledOff` when the run shall end."""


class CalledOff(Exception):
    """The run was cancelled."""


class CannotMake(Exception):
    """No Blueprint can be made of the prompt; `problem` says why and what to do."""

    def __init__(self, problem: RunProblem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


class Maker(Protocol):
    """Makes a Blueprint from a prompt."""

    async def make(self, prompt: str, report: Report) -> Made:
        """The Blueprint. Raises `CannotMake`, and what `report` raises."""


class PlannerMaker:
    """The planner without a model, in a thread: it needs no network and no account."""

    async def make(self, prompt: str, report: Report) -> Made:
        """The Blueprint. Raises `CannotMake`, and what `report` raises."""
        found: list[PlanEvent] = []
        try:
            planned = await asyncio.to_thread(lambda: plan(prompt, on_event=found.append))
        except PlanningError as error:
            detail = f"{error.message} {error.hint}".strip()
            raise CannotMake(RunProblem(code="not-understood", detail=detail)) from None
        await report([noticed(event) for event in found])
        return made_of(planned.text, planned.decisions, planned.questions, [NO_MODEL])


def noticed(event: PlanEvent) -> Noticed:
    """An event of the planner as it goes over the wire."""
    facts = {name: value for name, value in vars(event).items() if name != "path"}
    kind = re.sub(r"(?<!^)(?=[A-Z])", "-", type(event).__name__).lower()
    return Noticed(path=event.path, kind=kind, facts=facts)


def made_of(
    text: str,
    decisions: Iterable[Decided],
    questions: Iterable[Question],
    notes: list[str],
    extensions: dict[str, str] | None = None,
) -> Made:
    """What was made, as it goes over the wire."""
    assumed = [
        Decision(path=one.path, what=one.what, why=one.why, quote=one.quote)
        for one in decisions
        if one.assumed
    ]
    asked = [
        OpenQuestion(text=one.text, options=list(one.options), about=one.about) for one in questions
    ]
    return Made(
        blueprint=text,
        assumed=assumed,
        questions=asked,
        notes=notes,
        extensions=extensions or {},
    )
