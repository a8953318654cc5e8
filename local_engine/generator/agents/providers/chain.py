"""A chain of providers: when one cannot or does not want to, the next is asked, and it says so."""

from __future__ import annotations

import time
from collections.abc import Sequence

from local_engine.generator.agents.providers.errors import (
    Outage,
    ProviderError,
    QuotaExceeded,
    Refused,
)
from local_engine.generator.agents.providers.protocol import (
    Answer,
    Call,
    Clock,
    FellBack,
    Provider,
    Question,
)
from local_engine.generator.agents.providers.usage import NOTHING_USED

_REST_SECONDS = 60.0
_LASTING_REST_SECONDS = 3_600.0


class Chain:
    """Several providers in the order of preference; implements `Provider`.

    It goes on to the next on a quota, an outage or a refusal, and on nothing else: a key that is
    wrong or a schema that is too deep is to be mended, not to be hidden. Who is out of quota or
    out of order rests for a while, so that not every question tries it first again.
    """

    def __init__(self, providers: Sequence[Provider], *, clock: Clock = time.monotonic) -> None:
        if not providers:
            raise ValueError("A chain needs at least one provider.")
        self._providers = tuple(providers)
        self._clock = clock
        self._rests_until = [float("-inf")] * len(self._providers)

    @property
    def provider(self) -> str:
        """Whose model is asked first."""
        return self._providers[0].provider

    @property
    def model(self) -> str:
        """The name of the model that is asked first."""
        return self._providers[0].model

    @property
    def largest_prompt(self) -> int:
        """What all of them can take: any may have to answer."""
        return min(provider.largest_prompt for provider in self._providers)

    async def ask(self, question: Question, call: Call) -> Answer:
        """The answer, with the usage of all who were asked. Raises the last `ProviderError`."""
        used = NOTHING_USED
        order = self._order()
        for place, index in enumerate(order):
            provider = self._providers[index]
            try:
                answer = await provider.ask(question, call)
            except ProviderError as error:
                used += error.used
                error.used = used
                self._let_rest(index, error)
                last = place + 1 == len(order)
                if last or not isinstance(error, QuotaExceeded | Outage | Refused):
                    raise
                following = self._providers[order[place + 1]]
                event = FellBack(
                    provider.provider,
                    provider.model,
                    following.provider,
                    following.model,
                    type(error).__name__,
                    error.message,
                )
            else:
                return Answer(answer.value, answer.provider, answer.model, used + answer.used)
            await call.tell(event)
        raise AssertionError("the last provider returns or raises")

    async def aclose(self) -> None:
        """Close all connections."""
        for provider in self._providers:
            await provider.aclose()

    def _order(self) -> list[int]:
        """Those that are awake as they come, then the resting ones, the first to wake up first."""
        now = self._clock()
        rests = self._rests_until
        return sorted(range(len(rests)), key=lambda index: (max(rests[index], now), index))

    def _let_rest(self, index: int, error: ProviderError) -> None:
        if isinstance(error, QuotaExceeded):
            rest = _LASTING_REST_SECONDS if error.lasting else _REST_SECONDS
        elif isinstance(error, Outage):
            rest = _REST_SECONDS
        else:
            return
        asked = error.retry_after_seconds or 0.0
        self._rests_until[index] = self._clock() + max(rest, min(asked, _LASTING_REST_SECONDS))
