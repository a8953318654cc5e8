"""The protocol of providers: a question with a JSON Schema in, a structured answer out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from local_engine.generator.agents.providers.budget import Budget
from local_engine.generator.agents.providers.errors import Cancelled, DeadlinePassed
from local_engine.generator.agents.providers.usage import NOTHING_USED, Usage

JsonSchema = Mapping[str, Any]
Clock = Callable[[], float]
"""Seconds from some moment on, never going back."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Question:
    """What a model is asked. `schema` is of an object; `name` names it (letters, digits, _, -).

    `max_answer_tokens` is room for the answer itself: providers add what thinking needs.
    """

    instructions: str
    prompt: str
    schema: JsonSchema
    name: str = "answer"
    max_answer_tokens: int = 8_192


@dataclass(frozen=True, slots=True)
class Answer:
    """A value that is of the schema, who gave it, and what all calls for it have used."""

    value: Any
    provider: str
    model: str
    used: Usage


@dataclass(frozen=True, slots=True)
class CallStarts:
    """A request is about to be sent: it waits until this was taken note of.

    `reserved` is the most that it can use, where there is a budget.
    """

    provider: str
    model: str
    reserved: Usage = NOTHING_USED


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """The next piece of the answer's text, as it comes."""

    text: str


@dataclass(frozen=True, slots=True)
class CallEnded:
    """What a request has used; `problem` names the error's type when it gave no answer."""

    provider: str
    model: str
    used: Usage
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Retrying:
    """The same model is asked again after a pause: the parts of this answer so far are void."""

    provider: str
    model: str
    problem: str
    wait_seconds: float


@dataclass(frozen=True, slots=True)
class FellBack:
    """Another provider or model is asked instead: the parts of this answer so far are void."""

    provider: str
    model: str
    to_provider: str
    to_model: str
    problem: str
    reason: str


Event = CallStarts | AnswerPart | CallEnded | Retrying | FellBack
Tell = Callable[[Event], Awaitable[None]]


async def tell_nobody(event: Event) -> None:
    """For whoever wants the answer only."""


@dataclass(frozen=True, slots=True)
class Call:
    """How a question is asked: until when, who is told, and how it can be called off.

    The time is that of `clock`, over all tries, pauses and fallbacks. Setting `cancelled` ends
    whatever is under way. One `Call` may serve several questions, which share its budget.
    """

    deadline: float
    tell: Tell = tell_nobody
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    clock: Clock = time.monotonic
    budget: Budget | None = None

    @classmethod
    def lasting(
        cls,
        seconds: float,
        tell: Tell = tell_nobody,
        clock: Clock = time.monotonic,
        budget: Budget | None = None,
    ) -> Call:
        """A call that may last so long from now on, and use so much."""
        return cls(clock() + seconds, tell, clock=clock, budget=budget)

    def remaining_seconds(self) -> float:
        """What is left of the time; negative when it is over."""
        return self.deadline - self.clock()

    async def within(self, work: Coroutine[Any, Any, _T]) -> _T:
        """The work's result. Raises `Cancelled` or `DeadlinePassed`, and what the work raises.

        Work that is not done by then is stopped before that.
        """
        task = asyncio.ensure_future(work)
        cancelled = asyncio.ensure_future(self.cancelled.wait())
        try:
            await asyncio.wait(
                {task, cancelled},
                timeout=max(0.0, self.remaining_seconds()),
                return_when=asyncio.FIRST_COMPLETED,
            )
            if task.done():
                return task.result()
            if cancelled.done():
                raise Cancelled("This was called off.")
            raise DeadlinePassed(
                "The model did not answer in the time given. Give it more, or ask for less."
            )
        finally:
            task.cancel()
            cancelled.cancel()
            await asyncio.gather(task, cancelled, return_exceptions=True)


class Provider(Protocol):
    """Somebody who answers questions: one model, one model with patience, or a chain of them."""

    @property
    def provider(self) -> str:
        """Whose model is asked first."""

    @property
    def model(self) -> str:
        """The name of the model that is asked first."""

    @property
    def largest_prompt(self) -> int:
        """How many tokens of instructions, schema and prompt one question may have together."""

    async def ask(self, question: Question, call: Call) -> Answer:
        """The answer, which is of the question's schema. Raises `ProviderError`."""

    async def aclose(self) -> None:
        """Close the connections."""
