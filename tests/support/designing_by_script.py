"""Designs by a model that the stand-in for providers plays, through the real libraries."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from model_providers import KEY, ModelProviders
from pydantic import SecretStr

from local_engine.generator.agents.designing import Design, design
from local_engine.generator.agents.providers import (
    AnswerPart,
    Budget,
    Call,
    Event,
    Gemini,
    Groq,
    OpenAICompatible,
    Patient,
    Policy,
    Provider,
)
from local_engine.generator.planner import PlanEvent

PROVIDERS = [
    pytest.param("gemini", marks=pytest.mark.full),
    pytest.param("groq", marks=pytest.mark.full),
    "openai",
]
"""One of them always; what differs between them is tested with the providers themselves."""

QUICK = Policy(tries=3, first_pause_seconds=0.01, longest_pause_seconds=0.02)


@dataclass
class Designing:
    """What came of a design."""

    made: list[Design] = field(default_factory=list)
    found: list[PlanEvent] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    error: Exception | None = None

    @property
    def design(self) -> Design:
        """The design; fails where there is none."""
        assert self.error is None, self.error
        return self.made[0]

    @property
    def kinds(self) -> list[str]:
        """The types of the providers' events in order, without the parts of answers."""
        return [type(one).__name__ for one in self.events if not isinstance(one, AnswerPart)]


def provider_of(stand_in: ModelProviders, name: str, **options: Any) -> Provider:
    """A patient provider that asks the stand-in."""
    makers: dict[str, Any] = {"gemini": Gemini, "groq": Groq, "openai": OpenAICompatible}
    address = getattr(stand_in, name)
    return Patient(makers[name](SecretStr(KEY), address=address, **options), QUICK)


def design_with(
    provider: Provider, prompt: str, *, budget: Budget | None = None, seconds: float = 60.0
) -> Designing:
    """Design, close, and give what came of it; an error of a provider or the planner is kept."""
    outcome = Designing()

    async def tell(event: Event) -> None:
        outcome.events.append(event)

    async def on_event(event: PlanEvent) -> None:
        outcome.found.append(event)

    async def run() -> None:
        call = Call.lasting(seconds, tell, budget=budget)
        try:
            outcome.made.append(await design(prompt, provider, call, on_event=on_event))
        except Exception as error:
            outcome.error = error
        finally:
            await provider.aclose()

    asyncio.run(run())
    return outcome
