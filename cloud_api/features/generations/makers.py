"""What makes a Blueprint from a prompt: behind one protocol, whatever stands behind it.

The planner without a model is the first; agents come beside it, with the key of the platform or of
the user, and the caps of the run.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Protocol

from local_engine.contracts.generation import Decision, Made, Noticed, OpenQuestion, RunProblem, Way
from local_engine.generator.planner import Plan, PlanEvent, PlanningError, plan

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
        await report([_noticed(event) for event in found])
        return _made(planned)


_MAKERS: dict[Way, type[Maker]] = {"no-model": PlannerMaker}


def maker_of(way: Way) -> Maker:
    """What makes the Blueprint of a run. Raises `CannotMake` for a way of a newer version."""
    found = _MAKERS.get(way)
    if found is None:
        problem = RunProblem(
            code="unknown-way", detail="This worker cannot do that yet. Try again in a while."
        )
        raise CannotMake(problem)
    return found()


def _noticed(event: PlanEvent) -> Noticed:
    """An event of the planner as it goes over the wire."""
    facts = {name: value for name, value in vars(event).items() if name != "path"}
    kind = re.sub(r"(?<!^)(?=[A-Z])", "-", type(event).__name__).lower()
    return Noticed(path=event.path, kind=kind, facts=facts)


def _made(planned: Plan) -> Made:
    assumed = [
        Decision(path=one.path, what=one.what, why=one.why, quote=one.quote)
        for one in planned.decisions
        if one.assumed
    ]
    questions = [
        OpenQuestion(text=one.text, options=list(one.options), about=one.about)
        for one in planned.questions
    ]
    return Made(blueprint=planned.text, assumed=assumed, questions=questions, notes=[NO_MODEL])
