"""Patience: the same model is asked again when it may well answer a moment later."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from local_engine.generator.agents.providers.errors import Outage, ProviderError, QuotaExceeded
from local_engine.generator.agents.providers.protocol import (
    Answer,
    Call,
    Provider,
    Question,
    Retrying,
)
from local_engine.generator.agents.providers.usage import NOTHING_USED

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Policy:
    """How often, and how long a pause.

    Before the n-th repetition it waits between half and all of `first_pause_seconds` · 2ⁿ⁻¹, at
    most `longest_pause_seconds` (the jitter keeps many callers apart); longer when the provider
    asks for it, but never longer than `patience_seconds`: then the error is told at once.
    """

    tries: int = 4
    first_pause_seconds: float = 1.0
    longest_pause_seconds: float = 30.0
    patience_seconds: float = 65.0


class Patient:
    """A provider that waits and repeats; implements `Provider`.

    Quotas and outages only: what a model answered badly is for the one who asked to mend.
    """

    def __init__(
        self,
        inner: Provider,
        policy: Policy | None = None,
        *,
        sleep: Sleep = asyncio.sleep,
        chance: random.Random | None = None,
    ) -> None:
        self._inner = inner
        self._policy = policy or Policy()
        self._sleep = sleep
        self._chance = chance or random.SystemRandom()

    @property
    def provider(self) -> str:
        """Whose model is asked."""
        return self._inner.provider

    @property
    def model(self) -> str:
        """The model's name."""
        return self._inner.model

    @property
    def largest_prompt(self) -> int:
        """How many tokens of instructions, schema and prompt one question may have together."""
        return self._inner.largest_prompt

    async def ask(self, question: Question, call: Call) -> Answer:
        """The answer, with the usage of all tries. Raises `ProviderError`."""
        used = NOTHING_USED
        for repetition in range(1, self._policy.tries + 1):
            try:
                answer = await self._inner.ask(question, call)
            except ProviderError as error:
                used += error.used
                error.used = used
                pause = self._pause_seconds(error, repetition)
                if pause is None or pause >= call.remaining_seconds():
                    raise
                problem = type(error).__name__
            else:
                return Answer(answer.value, answer.provider, answer.model, used + answer.used)
            await call.tell(Retrying(self.provider, self.model, problem, pause))
            try:
                await call.within(self._pause(pause))
            except ProviderError as stopped:
                stopped.used = used
                raise
        raise AssertionError("the last try returns or raises")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

    async def _pause(self, seconds: float) -> None:
        await self._sleep(seconds)

    def _pause_seconds(self, error: ProviderError, repetition: int) -> float | None:
        """How long to wait before the next try; None when there is none."""
        policy = self._policy
        if repetition >= policy.tries or not isinstance(error, QuotaExceeded | Outage):
            return None
        if isinstance(error, QuotaExceeded) and error.lasting:
            return None
        longest = min(
            policy.first_pause_seconds * 2 ** (repetition - 1), policy.longest_pause_seconds
        )
        jittered = longest * self._chance.uniform(0.5, 1.0)
        pause = max(jittered, error.retry_after_seconds or 0.0)
        return pause if pause <= policy.patience_seconds else None
