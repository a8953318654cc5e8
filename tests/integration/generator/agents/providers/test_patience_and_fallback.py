"""Retries and fallbacks over the real libraries, with a clock and a sleep of the test's own."""

from __future__ import annotations

import asyncio
import random

import pytest
from asking import QUESTION, Asking, ask, provider_at
from model_providers import ModelProviders
from scripted_replies import Script

from local_engine.generator.agents.providers import (
    Call,
    CallEnded,
    Chain,
    DeadlinePassed,
    Event,
    FellBack,
    InvalidAnswer,
    KeyRejected,
    Outage,
    Patient,
    Policy,
    Provider,
    ProviderError,
    QuotaExceeded,
    Refused,
    Retrying,
)


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def ask_by(clock: Clock, provider: Provider, seconds: float = 120.0, times: int = 1) -> Asking:
    asking = Asking()

    async def tell(event: Event) -> None:
        asking.events.append(event)

    async def run() -> None:
        try:
            for _ in range(times):
                call = Call.lasting(seconds, tell, clock)
                asking.answer = await provider.ask(QUESTION, call)
        except ProviderError as error:
            asking.error = error
        finally:
            await provider.aclose()

    asyncio.run(run())
    return asking


def patient(stand_in: ModelProviders, name: str, clock: Clock, **policy: float) -> Patient:
    chance = random.Random(7)
    inner = provider_at(stand_in, name)
    return Patient(inner, Policy(**policy), sleep=clock.sleep, chance=chance)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["gemini", "groq", "openai"])
def test_retry_after_is_honoured(name: str) -> None:
    clock = Clock()
    with ModelProviders(Script.load("quota-then-good")) as stand_in:
        asking = ask_by(clock, patient(stand_in, name, clock))
    assert asking.answer is not None, asking.error
    assert clock.slept == [7.0]
    assert asking.kinds == ["CallStarts", "CallEnded", "Retrying", "CallStarts", "CallEnded"]
    assert asking.told(Retrying)[0].problem == "QuotaExceeded"


def test_pauses_grow_and_have_jitter() -> None:
    clock = Clock()
    with ModelProviders(Script.load("outage-then-good")) as stand_in:
        asking = ask_by(clock, patient(stand_in, "gemini", clock))
    assert asking.answer is not None, asking.error
    first, second = clock.slept
    assert 0.5 <= first < 1.0 < second < 2.0


def test_number_of_tries_is_bounded_and_all_are_counted() -> None:
    clock = Clock()
    cut = {"kind": "dropped", "answer": {"entities": [], "note": "x" * 500}, "repeat": True}
    with ModelProviders(Script.of(cut)) as stand_in:
        asking = ask_by(clock, patient(stand_in, "openai", clock, tries=3))
    assert isinstance(asking.error, Outage)
    assert len(stand_in.asked) == 3
    ended = [event.used for event in asking.told(CallEnded)]
    assert asking.error.used.tokens == sum(used.tokens for used in ended) > 0


def test_no_pause_reaches_beyond_the_deadline() -> None:
    clock = Clock()
    quota = {"kind": "quota", "retry_after": "60", "repeat": True}
    with ModelProviders(Script.of(quota)) as stand_in:
        asking = ask_by(clock, patient(stand_in, "gemini", clock), seconds=30.0)
    assert isinstance(asking.error, QuotaExceeded)
    assert clock.slept == []
    assert len(stand_in.asked) == 1


def test_total_time_is_bounded_over_all_tries() -> None:
    clock = Clock()
    outage = {"kind": "error", "status": 503, "repeat": True}
    with ModelProviders(Script.of(outage)) as stand_in:
        provider = patient(stand_in, "openai", clock, tries=100, first_pause_seconds=8.0)
        asking = ask_by(clock, provider, seconds=60.0)
    assert isinstance(asking.error, Outage | DeadlinePassed)
    assert clock.now - 1_000.0 <= 60.0
    assert len(stand_in.asked) < 10


@pytest.mark.parametrize("script", ["refused", "malformed", "truncated", "out-for-the-day"])
def test_what_a_repetition_does_not_mend_is_not_repeated(script: str) -> None:
    clock = Clock()
    with ModelProviders(Script.load(script)) as stand_in:
        asking = ask_by(clock, patient(stand_in, "openai", clock))
    assert asking.error is not None
    assert len(stand_in.asked) == 1


def test_pause_can_be_called_off() -> None:
    quota = {"kind": "quota", "retry_after": "60", "repeat": True}
    with ModelProviders(Script.of(quota)) as stand_in:
        provider = Patient(provider_at(stand_in, "openai"))
        asking = ask(provider, seconds=300.0, call_off_after=0.5)
    assert type(asking.error).__name__ == "Cancelled"


FALLS = {"out-for-the-day": QuotaExceeded, "refused": Refused, "dropped": Outage}


@pytest.mark.parametrize("script", FALLS)
def test_chain_falls_back_and_says_so(script: str) -> None:
    with (
        ModelProviders(Script.load(script)) as first,
        ModelProviders(Script.load("good")) as second,
    ):
        asking = ask(Chain([provider_at(first, "gemini"), provider_at(second, "groq")]))
    assert asking.answer is not None, asking.error
    assert (asking.answer.provider, asking.answer.model) == ("groq", "openai/gpt-oss-120b")
    (fell,) = asking.told(FellBack)
    assert (fell.provider, fell.to_provider) == ("gemini", "groq")
    assert fell.problem == FALLS[script].__name__
    assert fell.reason


def test_chain_goes_to_another_model_of_the_same_provider() -> None:
    with ModelProviders(Script.load("outage-then-good")) as stand_in:
        chain = Chain(
            [
                provider_at(stand_in, "gemini"),
                provider_at(stand_in, "gemini", model="gemini-3.5-flash-lite"),
                provider_at(stand_in, "gemini", model="gemini-4-argon"),
            ]
        )
        asking = ask(chain)
    assert asking.answer is not None, asking.error
    assert asking.answer.model == "gemini-4-argon"
    assert len(asking.told(FellBack)) == 2


def test_what_is_to_be_mended_is_not_hidden_by_a_fallback() -> None:
    with ModelProviders(Script.load("good"), keys=()) as stand_in:
        chain = Chain([provider_at(stand_in, "gemini"), provider_at(stand_in, "groq")])
        asking = ask(chain)
    assert isinstance(asking.error, KeyRejected)
    assert asking.error.provider == "gemini"
    with ModelProviders(Script.load("malformed")) as stand_in:
        chain = Chain([provider_at(stand_in, "gemini"), provider_at(stand_in, "groq")])
        asking = ask(chain)
    assert isinstance(asking.error, InvalidAnswer)


def test_who_is_out_of_quota_rests_until_it_may_be_asked_again() -> None:
    clock = Clock()
    good = {"kind": "answer", "answer": {"entities": []}, "repeat": True}
    with (
        ModelProviders(Script.of({"kind": "quota", "retry_after": "90"}, good)) as first,
        ModelProviders(Script.of(good)) as second,
    ):

        async def run() -> list[str]:
            chain = Chain([provider_at(first, "gemini"), provider_at(second, "groq")], clock=clock)
            answered = []
            for pause in (0.0, 80.0, 20.0):
                await clock.sleep(pause)
                answer = await chain.ask(QUESTION, Call.lasting(60, clock=clock))
                answered.append(answer.provider)
            await chain.aclose()
            return answered

        assert asyncio.run(run()) == ["groq", "groq", "gemini"]
    assert len(first.asked) == 2


def test_chain_of_whom_nobody_can_says_what_the_last_said() -> None:
    with ModelProviders(Script.load("out-for-the-day")) as stand_in:
        chain = Chain([provider_at(stand_in, "gemini"), provider_at(stand_in, "groq")])
        asking = ask(chain)
    assert isinstance(asking.error, QuotaExceeded)
    assert asking.error.provider == "groq"


def test_our_own_work_for_a_call_is_short() -> None:
    """Under 100 ms of our CPU for a call, the library's own and the stand-in's included."""
    import time

    good = {"kind": "answer", "answer": {"entities": []}, "repeat": True}
    spent = []
    with ModelProviders(Script.of(good)) as stand_in:

        async def run() -> None:
            provider = provider_at(stand_in, "gemini")
            for _ in range(11):
                begun = time.process_time()
                await provider.ask(QUESTION, Call.lasting(60))
                spent.append(time.process_time() - begun)
            await provider.aclose()

        asyncio.run(run())
    typical = sorted(spent[1:])[5]  # the first one loads the library
    print(f"CPU for a call: {typical * 1000:.1f} ms")
    assert typical < 0.1
