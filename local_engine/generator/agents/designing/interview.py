"""Asking a model until its answer is right, or it is clear that it will not be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from local_engine.generator.agents.designing.faults import annotated
from local_engine.generator.agents.designing.shapes import Thing, whole_schema
from local_engine.generator.agents.providers import (
    BudgetSpent,
    Call,
    DeadlinePassed,
    Fault,
    InvalidAnswer,
    Outage,
    Provider,
    ProviderError,
    Question,
    QuotaExceeded,
    Refused,
    TooLarge,
    Truncated,
    Usage,
)
from local_engine.generator.agents.providers.answers import value_of
from local_engine.generator.agents.providers.usage import NOTHING_USED

REASKS = 3
"""How often a model is shown what is wrong with an answer."""
_LONGEST_SHOWN = 12_000
_ROOM = 8_192

STOPS = (QuotaExceeded, Outage, BudgetSpent, DeadlinePassed)
"""What ends the questions of a run: the rest is the planner's."""


@dataclass
class Part:
    """One question of a step, about some things; and what came of it.

    `value` is the answer in its form (None: there is none), `faults` what the Blueprint has against
    it, by JSON pointers into the value.
    """

    names: tuple[str, ...]
    value: Any = None
    faults: tuple[Fault, ...] = ()
    reasks: int = 0
    room: int = _ROOM

    @property
    def may_be_asked(self) -> bool:
        """Whether there is something to say against it, and it was not said too often."""
        return bool(self.faults) and self.reasks < REASKS

    def halves(self) -> tuple[Part, Part]:
        """Two parts for the same things."""
        middle = (len(self.names) + 1) // 2
        return Part(self.names[:middle]), Part(self.names[middle:])


@dataclass
class Interview:
    """The questions of one run to one provider."""

    provider: Provider
    call: Call
    used: Usage = NOTHING_USED
    models: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    async def fill(self, part: Part, form: Thing, instructions: str, task: str) -> None:
        """Get the part's answer in the form, or show it what is wrong with the one before.

        Raises `Truncated` and `TooLarge` where less should be asked for, those of `STOPS`, and
        what only a person can mend. A refusal leaves the part without an answer.
        """
        shown: Any = part.value
        faults: Sequence[Fault] = part.faults
        while True:
            try:
                value = await self._ask(form, instructions, _prompt(task, shown, faults), part.room)
            except InvalidAnswer as error:
                if part.reasks >= REASKS:
                    return
                part.reasks += 1
                shown, faults = error.text if error.value is None else error.value, error.faults
            except Refused as error:
                self.refusals.append(error.message)
                return
            else:
                part.value, part.faults = value, ()
                return

    async def _ask(self, form: Thing, instructions: str, prompt: str, room: int) -> Any:
        schema = whole_schema(form)
        question = Question(instructions, prompt, schema, "design", room)
        try:
            answer = await self.provider.ask(question, self.call)
        except InvalidAnswer as error:
            self.used += error.used
            if not isinstance(error.value, dict):
                raise
            # What is only written in another way is understood without asking again.
            return value_of(json.dumps(form.coerced(error.value)), schema)
        except ProviderError as error:
            self.used += error.used
            raise
        self.used += answer.used
        name = f"{answer.provider}/{answer.model}"
        if name not in self.models:
            self.models.append(name)
        return form.coerced(answer.value)

    async def fill_or_split(
        self, part: Part, form: Thing, instructions: str, task_of: Any
    ) -> list[Part]:
        """Fill the part; where that is too much at once, its halves. `task_of` words a part."""
        try:
            await self.fill(part, form, instructions, task_of(part))
        except (Truncated, TooLarge) as error:
            if len(part.names) > 1:
                filled = []
                for half in part.halves():
                    filled += await self.fill_or_split(half, form, instructions, task_of)
                return filled
            if isinstance(error, Truncated) and part.room == _ROOM:
                part.room = 2 * _ROOM
                return await self.fill_or_split(part, form, instructions, task_of)
        return [part]


def _prompt(task: str, shown: Any, faults: Sequence[Fault]) -> str:
    if shown is None or not faults:
        return task
    if isinstance(shown, str):
        answer = f"{shown[:_LONGEST_SHOWN]}\n// WRONG: {faults[0].message}"
    else:
        answer = annotated(shown, faults)
    return (
        f"{task}\n\nThis was your answer; behind // WRONG stands what is wrong with the value "
        f"before it:\n{answer}\n\nAnswer again, whole, with that mended and the rest as it is."
    )
