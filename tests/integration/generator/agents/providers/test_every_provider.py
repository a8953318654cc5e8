"""What holds for every provider, each through its real library, against the stand-in."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import subprocess
import sys
import time
import traceback
from dataclasses import replace

import pytest
from asking import MAKERS, QUESTION, ask, provider_at
from model_providers import KEY, ModelProviders
from pydantic import SecretStr
from scripted_replies import Script

from local_engine.generator.agents.providers import (
    AnswerPart,
    Call,
    CallEnded,
    CallStarts,
    Cancelled,
    DeadlinePassed,
    Event,
    InvalidAnswer,
    KeyRejected,
    Outage,
    ProviderError,
    QuotaExceeded,
    Refused,
    RequestRejected,
    Truncated,
)
from local_engine.generator.agents.providers.single import THINKING_ROOM, asked_text
from local_engine.generator.agents.providers.usage import estimated_tokens

every_provider = pytest.mark.parametrize("name", MAKERS)

ERRORS: dict[str, type[ProviderError]] = {
    "truncated": Truncated,
    "malformed": InvalidAnswer,
    "wrong-schema": InvalidAnswer,
    "refused": Refused,
    "quota-then-good": QuotaExceeded,
    "outage-then-good": Outage,
    "out-for-the-day": QuotaExceeded,
    "dropped": Outage,
    "ended": Outage,
}


@every_provider
def test_good_answer_comes_with_its_usage(name: str) -> None:
    with ModelProviders(Script.load("good")) as stand_in:
        asking = ask(provider_at(stand_in, name))
        (asked,) = stand_in.asked
        size = len(json.dumps(asked.body))
        counts = stand_in.counts

    assert asking.answer is not None, asking.error
    assert asking.answer.value["entities"][0]["name"] == "Task"
    used = asking.answer.used
    assert (used.input_tokens, used.output_tokens, used.thinking_tokens) == (812, 64, 230)
    assert used.cost_microdollars is not None
    assert used.cost_microdollars > 0
    assert not used.estimated
    assert asking.kinds == ["CallStarts", "CallEnded"]
    text = "".join(part.text for part in asking.told(AnswerPart))
    assert json.loads(text) == asking.answer.value
    assert asked.streamed == (name != "groq")
    assert len(asking.told(AnswerPart)) > 1 or name == "groq"
    assert counts.received > size // 2
    assert counts.sent > len(text)


@every_provider
@pytest.mark.parametrize("script", ERRORS)
def test_what_goes_wrong_is_a_typed_error(name: str, script: str) -> None:
    with ModelProviders(Script.load(script)) as stand_in:
        asking = ask(provider_at(stand_in, name))

    assert type(asking.error) is ERRORS[script], asking
    assert (asking.error.provider, asking.error.model) != ("", "")
    (ended,) = asking.told(CallEnded)
    assert ended.problem == ERRORS[script].__name__
    assert ended.used == asking.error.used
    assert len(stand_in.asked) == 1, "nobody but us repeats"


@every_provider
def test_answer_with_words_around_it_is_read(name: str) -> None:
    with ModelProviders(Script.load("chatty")) as stand_in:
        asking = ask(provider_at(stand_in, name))
    assert asking.answer is not None, asking.error
    assert asking.answer.value["entities"][0]["fields"][0]["name"] == "title"


@every_provider
def test_wrong_schema_says_where(name: str) -> None:
    with ModelProviders(Script.load("wrong-schema")) as stand_in:
        asking = ask(provider_at(stand_in, name))
    assert isinstance(asking.error, InvalidAnswer)
    assert [fault.path for fault in asking.error.faults] == ["/entities/0/fields/0/kind"]
    assert asking.error.value["entities"][0]["name"] == "Task"
    assert json.loads(asking.error.text) == asking.error.value


@every_provider
def test_truncated_answer_costs_and_is_kept(name: str) -> None:
    with ModelProviders(Script.load("truncated")) as stand_in:
        asking = ask(provider_at(stand_in, name))
    assert isinstance(asking.error, Truncated)
    assert asking.error.text.startswith('{"entities"')
    assert asking.error.used.tokens == 812 + 15 + 230


@every_provider
def test_thinking_leaves_room_for_the_answer(name: str) -> None:
    usage = {"input": 10, "output": 1_900, "thinking": 9_000}
    value = {"entities": [], "note": "x" * 7_500}
    script = Script.of({"kind": "answer", "answer": value, "usage": usage})
    with ModelProviders(script) as stand_in:
        asking = ask(provider_at(stand_in, name))
    assert asking.answer is not None, asking.error
    assert asking.answer.value == value


@every_provider
def test_quota_says_when_to_come_back(name: str) -> None:
    with ModelProviders(Script.load("quota-then-good")) as stand_in:
        asking = ask(provider_at(stand_in, name))
    assert isinstance(asking.error, QuotaExceeded)
    assert asking.error.retry_after_seconds == 7.0
    assert not asking.error.lasting
    assert asking.error.used.tokens == 0


@every_provider
def test_quota_of_a_day_is_lasting(name: str) -> None:
    with ModelProviders(Script.load("out-for-the-day")) as stand_in:
        asking = ask(provider_at(stand_in, name))
    assert isinstance(asking.error, QuotaExceeded)
    assert asking.error.lasting


@every_provider
def test_dropped_stream_is_estimated(name: str) -> None:
    with ModelProviders(Script.load("dropped")) as stand_in:
        asking = ask(provider_at(stand_in, name))
    assert isinstance(asking.error, Outage)
    assert asking.error.used.input_tokens > 0
    assert asking.error.used.estimated


@every_provider
@pytest.mark.parametrize("end", ["dropped", "deadline", "called off"])
def test_thoughts_that_nobody_told_of_count_up_to_the_limit(name: str, end: str) -> None:
    """A model thinks before it speaks, and its provider charges for that however it ends."""
    kind = "dropped" if end == "dropped" else "slow"
    script = Script.of({"kind": kind, "text": '{"entities": [' + " " * 400, "seconds": 30})
    with ModelProviders(script) as stand_in:
        provider = provider_at(stand_in, name)
        seconds = 1.5 if end == "deadline" else 20.0
        asking = ask(provider, seconds=seconds, call_off_after=0.7 if end == "called off" else None)
    assert provider.facts.thinks
    assert asking.error is not None
    used = asking.error.used
    assert used.estimated
    assert used.output_tokens + used.thinking_tokens == min(
        QUESTION.max_answer_tokens + THINKING_ROOM, provider.facts.max_output
    )
    (ended,) = asking.told(CallEnded)
    assert ended.used == used


@every_provider
@pytest.mark.parametrize(
    "told",
    [
        {"input": 0, "output": 0},
        {"input": 1 << 50, "output": 1 << 50},
        {"input": -5, "output": -5},
    ],
)
def test_counts_that_cannot_be_are_estimated(name: str, told: dict[str, int]) -> None:
    script = Script.of({"kind": "answer", "answer": {"entities": []}, "usage": told})
    with ModelProviders(script) as stand_in:
        provider = provider_at(stand_in, name)
        asking = ask(provider)
    assert asking.answer is not None, asking.error
    used = asking.answer.used
    assert used.estimated
    assert used.input_tokens == estimated_tokens(asked_text(QUESTION))
    assert 0 < used.output_tokens < 50
    assert used.tokens < provider.facts.max_input
    assert used.cost_microdollars is not None
    assert used.cost_microdollars > 0


@every_provider
def test_call_that_was_called_off_before_it_was_sent_costs_nothing(name: str) -> None:
    async def run(stand_in: ModelProviders) -> Cancelled:
        provider = provider_at(stand_in, name)
        call = Call.lasting(20.0)

        async def tell(event: Event) -> None:
            if isinstance(event, CallStarts):
                call.cancelled.set()
                await asyncio.sleep(5)

        call = replace(call, tell=tell)
        with pytest.raises(Cancelled) as caught:
            await provider.ask(QUESTION, call)
        await provider.aclose()
        return caught.value

    with ModelProviders(Script.of()) as stand_in:
        assert asyncio.run(run(stand_in)).used.tokens == 0
        assert stand_in.asked == []


@every_provider
def test_deadline_ends_a_slow_call(name: str) -> None:
    slow = Script.of({"kind": "slow", "answer": {"entities": []}, "seconds": 30})
    with ModelProviders(slow) as stand_in:
        begun = time.monotonic()
        asking = ask(provider_at(stand_in, name), seconds=2.0)
        lasted = time.monotonic() - begun
    assert type(asking.error) is DeadlinePassed
    assert lasted < 15
    assert asking.error.used.estimated, "the provider may charge for it"


@every_provider
def test_call_is_called_off(name: str) -> None:
    with ModelProviders(Script.load("slow")) as stand_in:
        begun = time.monotonic()
        asking = ask(provider_at(stand_in, name), call_off_after=0.5)
        lasted = time.monotonic() - begun
    assert type(asking.error) is Cancelled
    assert lasted < 10, "it waited for the deadline"


@every_provider
def test_silence_is_an_outage(name: str) -> None:
    with ModelProviders(Script.load("slow")) as stand_in:
        asking = ask(provider_at(stand_in, name, silence_seconds=0.5))
    assert type(asking.error) is Outage
    assert "does not answer" in asking.error.message


@every_provider
def test_nobody_there_is_an_outage_that_costs_nothing(name: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
        asking = ask(MAKERS[name](key=SecretStr(KEY), address=address))
    assert type(asking.error) is Outage
    assert asking.error.used.tokens == 0


@every_provider
def test_garbage_is_an_outage(name: str) -> None:
    with ModelProviders(Script.of({"kind": "garbage"})) as stand_in:
        asking = ask(provider_at(stand_in, name))
    assert type(asking.error) is Outage


@every_provider
def test_request_that_is_not_taken_says_what_the_provider_said(name: str) -> None:
    said = {"kind": "error", "status": 400, "message": f"no such thing, {KEY}"}
    with ModelProviders(Script.of(said)) as stand_in:
        asking = ask(provider_at(stand_in, name))
    assert type(asking.error) is RequestRejected
    assert "no such thing, (the key)" in asking.error.message


@every_provider
def test_key_is_nowhere_but_in_the_request(
    name: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    key = "another-key-that-must-not-leak-9876"
    with caplog.at_level(logging.DEBUG), ModelProviders(Script.load("good")) as stand_in:
        provider = provider_at(stand_in, name, key=SecretStr(key))
        asking = ask(provider)
    assert isinstance(asking.error, KeyRejected)
    trace = "".join(traceback.format_exception(asking.error, chain=True))
    seen = [
        repr(provider),
        str(vars(provider)),
        repr(asking),
        trace,
        caplog.text,
        *capfd.readouterr(),
    ]
    assert not [text for text in seen if key in text]
    assert asking.error.__context__ is None, "the library's error holds the request's headers"


@every_provider
@pytest.mark.parametrize("key", [None, "", "  ", "ключ"])
def test_without_a_proper_key_nothing_is_sent(name: str, key: str | None) -> None:
    with ModelProviders(Script.load("good")) as stand_in:
        options = {} if name != "openai" else {"address": "https://api.openai.com/v1"}
        secret = None if key is None else SecretStr(key)
        asking = ask(provider_at(stand_in, name, key=secret, **options))
    assert isinstance(asking.error, KeyRejected)
    assert stand_in.counts.connections == 0


@every_provider
def test_one_connection_serves_many_questions(name: str) -> None:
    good = {"kind": "answer", "answer": {"entities": []}, "repeat": True}
    with ModelProviders(Script.of(good)) as stand_in:
        asking = ask(provider_at(stand_in, name), times=5)
    assert asking.answer is not None, asking.error
    assert len(stand_in.asked) == 5
    assert stand_in.counts.connections == 1


@every_provider
def test_address_is_taken_from_the_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with ModelProviders(Script.load("good")) as stand_in:
        for variable, address in stand_in.environment.items():
            monkeypatch.setenv(variable, address)
        asking = ask(MAKERS[name](key=SecretStr(KEY)))
    assert asking.answer is not None, asking.error


@pytest.mark.parametrize("name", ["gemini", "openai"])
def test_endless_answer_is_ended(name: str) -> None:
    with ModelProviders(Script.of({"kind": "endless"})) as stand_in:
        asking = ask(provider_at(stand_in, name))
    assert isinstance(asking.error, InvalidAnswer)
    assert "without end" in asking.error.message


def test_importing_the_package_loads_no_library_of_a_provider() -> None:
    program = (
        "import sys, local_engine.generator.agents.providers as p\n"
        "p.Gemini(None), p.Groq(None), p.OpenAICompatible(None)\n"
        "print([m for m in ('google.genai', 'groq', 'httpx2', 'google.auth') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_question_of_the_tests_is_hard_enough() -> None:
    schema = json.dumps(QUESTION.schema)
    assert all(word in schema for word in ('"const"', '"pattern"', '"default"', '"maxItems"'))
