"""The traps of Groq and of its library, with the real library against the stand-in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from asking import QUESTION, ask, provider_at
from model_providers import ModelProviders
from scripted_replies import Script

from local_engine.generator.agents.providers import InvalidAnswer, Model, Outage, TooLarge, catalog

STREAMING = Model(provider="groq", name="llama-x", answers="prompt", streams=True)


def test_strict_mode_has_all_fields_required_and_optional_nulls_go() -> None:
    value = {"entities": [{"name": "Task", "fields": []}], "note": None}
    with ModelProviders(Script.of({"kind": "answer", "answer": value})) as stand_in:
        asking = ask(provider_at(stand_in, "groq"))
        form = stand_in.asked[0].body["response_format"]
    assert asking.answer is not None, asking.error
    assert asking.answer.value == {"entities": [{"name": "Task", "fields": []}]}
    assert form["json_schema"]["strict"] is True
    assert form["json_schema"]["schema"]["required"] == ["entities", "note"]


def test_models_without_strict_mode_get_the_schema_in_words() -> None:
    weak = Model(provider="groq", name="llama-x", answers="object", streams=False)
    with ModelProviders(Script.load("good")) as stand_in:
        asking = ask(provider_at(stand_in, "groq", model=weak))
        body = stand_in.asked[0].body
    assert asking.answer is not None, asking.error
    assert body["response_format"] == {"type": "json_object"}
    assert '"$defs"' in body["messages"][0]["content"]


@pytest.mark.parametrize("name", ["openai/gpt-oss-120b", "openai/gpt-oss-20b"])
def test_models_that_we_call_strict_are_those_of_groq(name: str) -> None:
    known = catalog().find("groq", name)
    assert known is not None
    assert known.answers == "strict"


def test_failed_generation_goes_into_the_repair() -> None:
    with ModelProviders(Script.load("failed-answer")) as stand_in:
        asking = ask(provider_at(stand_in, "groq"))
    assert isinstance(asking.error, InvalidAnswer)
    assert asking.error.text.startswith('{"entities": [{"name": "Task"')
    assert asking.error.used.estimated, "it was made, so it is charged"


def test_library_repeats_nothing_by_itself() -> None:
    with ModelProviders(Script.load("outage-then-good")) as stand_in:
        asking = ask(provider_at(stand_in, "groq"))
    assert type(asking.error) is Outage
    assert len(stand_in.asked) == 1


def test_stream_is_read_piece_by_piece() -> None:
    with ModelProviders(Script.load("good")) as stand_in:
        asking = ask(provider_at(stand_in, "groq", model=STREAMING))
        (asked,) = stand_in.asked
    assert asking.answer is not None, asking.error
    assert asked.streamed
    assert "response_format" not in asked.body


@pytest.mark.parametrize("script", ["dropped", "ended"])
def test_dropped_stream_is_our_error_not_the_http_librarys(script: str) -> None:
    with ModelProviders(Script.load(script)) as stand_in:
        asking = ask(provider_at(stand_in, "groq", model=STREAMING))
    assert type(asking.error) is Outage
    assert asking.error.used.output_tokens > 0


def test_free_plan_fits_because_the_answers_room_shrinks() -> None:
    with ModelProviders(Script.load("good"), tokens_per_minute=8_000) as stand_in:
        asking = ask(provider_at(stand_in, "groq", tokens_per_minute=8_000))
    assert asking.answer is not None, asking.error


def test_free_plan_forces_chunks_before_anything_is_sent() -> None:
    long = replace(QUESTION, prompt="a todo list " * 3_000)
    with ModelProviders(Script.load("good"), tokens_per_minute=8_000) as stand_in:
        provider = provider_at(stand_in, "groq", tokens_per_minute=8_000)
        asking = ask(provider, long)
    assert type(asking.error) is TooLarge
    assert asking.kinds == []
    assert stand_in.counts.connections == 0
    assert provider.largest_prompt < 8_000


def test_plan_that_is_smaller_than_we_were_told_is_told() -> None:
    with ModelProviders(Script.load("good"), tokens_per_minute=8_000) as stand_in:
        asking = ask(provider_at(stand_in, "groq"))
    assert type(asking.error) is TooLarge
    assert "Limit 8000" in asking.error.message
