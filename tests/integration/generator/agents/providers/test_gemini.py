"""The traps of Gemini and of its library, with the real library against the stand-in."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import replace
from typing import Any

import pytest
from asking import QUESTION, SCHEMA, ask, provider_at
from model_providers import KEY, ModelProviders
from scripted_replies import Script

from local_engine.generator.agents.providers import (
    Call,
    CallStarts,
    Event,
    KeyRejected,
    Outage,
    Question,
    QuotaExceeded,
    Refused,
    RequestRejected,
    Truncated,
)


def test_library_gives_none_for_a_truncated_answer_and_retries_nothing() -> None:
    """The traps are still there: else our way around them may go."""
    from google import genai
    from google.genai import errors, types

    with ModelProviders(Script.load("truncated")) as stand_in:
        options = types.HttpOptions(base_url=stand_in.gemini)
        client = genai.Client(api_key=KEY, http_options=options)
        config = types.GenerateContentConfig(
            response_mime_type="application/json", response_json_schema={"type": "object"}
        )
        made = client.models.generate_content(model="gemini-3.8-flash", contents="x", config=config)
        assert made.parsed is None
        assert made.candidates is not None
        assert made.candidates[0].finish_reason == types.FinishReason.MAX_TOKENS
        stand_in.script = Script.load("outage-then-good")
        with pytest.raises(errors.ServerError):
            client.models.generate_content(model="gemini-3.8-flash", contents="x")
        assert len(stand_in.asked) == 2
        client.close()


def test_answer_that_could_be_continued_is_not_continued() -> None:
    more = {"kind": "continued", "text": '{"entities": [', "repeat": True}
    with ModelProviders(Script.of(more)) as stand_in:
        asking = ask(provider_at(stand_in, "gemini"))
    assert type(asking.error) is Truncated
    assert len(stand_in.asked) == 1


def test_schema_is_sent_in_the_field_that_keeps_recursion() -> None:
    with ModelProviders(Script.load("good")) as stand_in:
        assert ask(provider_at(stand_in, "gemini")).answer is not None
        config = stand_in.asked[0].body["generationConfig"]
    assert "responseSchema" not in config
    sent = config["responseJsonSchema"]
    assert sent["$defs"]["Field"]["properties"]["of"] == {"$ref": "#/$defs/Entity"}
    assert sent["properties"]["entities"]["items"] == {"$ref": "#/$defs/Entity"}
    assert config["responseMimeType"] == "application/json"


def test_stand_in_refuses_what_gemini_refuses() -> None:
    """The schema as it is would not be taken: the dialect is what makes it pass."""
    import gemini_wire

    as_it_is = {"generationConfig": {"responseJsonSchema": SCHEMA}}
    assert gemini_wire.refusal_of(as_it_is) is not None


def test_large_sum_of_max_items_is_brought_down() -> None:
    lists = {f"list{n}": {"type": "array", "maxItems": 400, "items": {}} for n in range(4)}
    question = Question("x", "y", {"type": "object", "properties": lists})
    script = Script.of({"kind": "answer", "answer": {"list0": []}})
    with ModelProviders(script) as stand_in:
        asking = ask(provider_at(stand_in, "gemini"), question)
    assert asking.answer is not None, asking.error


def test_answer_beyond_a_dropped_bound_is_still_invalid() -> None:
    lists = {f"list{n}": {"type": "array", "maxItems": 400, "items": {}} for n in range(4)}
    question = Question("x", "y", {"type": "object", "properties": lists})
    script = Script.of({"kind": "answer", "answer": {"list3": [1] * 401}})
    with ModelProviders(script) as stand_in:
        asking = ask(provider_at(stand_in, "gemini"), question)
    assert type(asking.error).__name__ == "InvalidAnswer"


def test_client_outlives_a_collection_between_questions() -> None:
    """Nobody but the provider holds the client; one that is collected closes its connections."""
    good = {"kind": "answer", "answer": {"entities": []}, "repeat": True}

    async def run(stand_in: ModelProviders) -> None:
        provider = provider_at(stand_in, "gemini")

        async def collect(event: Event) -> None:
            if isinstance(event, CallStarts):
                gc.collect()

        for _ in range(2):
            await provider.ask(QUESTION, Call.lasting(20, collect))
        await provider.aclose()

    with ModelProviders(Script.of(good)) as stand_in:
        asyncio.run(run(stand_in))
        assert stand_in.counts.connections == 1


def test_delay_in_the_body_counts_where_there_is_no_header() -> None:
    with ModelProviders(Script.of({"kind": "quota", "retry_delay": "34.07s"})) as stand_in:
        asking = ask(provider_at(stand_in, "gemini"))
    assert isinstance(asking.error, QuotaExceeded)
    assert asking.error.retry_after_seconds == 34.07


def test_key_that_is_none_is_told_by_400() -> None:
    with ModelProviders(Script.load("good"), keys=()) as stand_in:
        asking = ask(provider_at(stand_in, "gemini"))
    assert type(asking.error) is KeyRejected


def test_other_400_is_no_matter_of_the_key() -> None:
    said = {"kind": "error", "status": 400, "message": "User location is not supported"}
    with ModelProviders(Script.of(said)) as stand_in:
        asking = ask(provider_at(stand_in, "gemini"))
    assert type(asking.error) is RequestRejected
    assert "location" in asking.error.message


def test_blocked_prompt_is_a_refusal() -> None:
    blocked = {"kind": "blocked", "reason": "PROHIBITED_CONTENT"}
    with ModelProviders(Script.of(blocked)) as stand_in:
        asking = ask(provider_at(stand_in, "gemini"))
    assert type(asking.error) is Refused
    assert "PROHIBITED_CONTENT" in asking.error.message


@pytest.mark.parametrize("reason", ["SAFETY", "RECITATION", "SPII", "BLOCKLIST"])
def test_filters_are_refusals(reason: str) -> None:
    with ModelProviders(Script.of({"kind": "refused", "reason": reason})) as stand_in:
        asking = ask(provider_at(stand_in, "gemini"))
    assert type(asking.error) is Refused


@pytest.mark.parametrize("body", [[], "oops", {"error": "oops"}, {"error": {"details": 3}}])
def test_error_of_any_shape_is_an_outage(body: Any) -> None:
    with ModelProviders(Script.of({"kind": "error", "status": 502, "body": body})) as stand_in:
        asking = ask(provider_at(stand_in, "gemini"))
    assert type(asking.error) is Outage


def test_environment_does_not_turn_the_client_to_google_cloud(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_API_KEY", "somebody-elses-key-000")
    with ModelProviders(Script.load("good")) as stand_in:
        asking = ask(provider_at(stand_in, "gemini"))
        (asked,) = stand_in.asked
    assert asking.answer is not None, asking.error
    assert asked.path.startswith("/v1")
    assert "publishers" not in asked.path


def test_google_cloud_by_key() -> None:
    with ModelProviders(Script.load("good")) as stand_in:
        asking = ask(provider_at(stand_in, "gemini", vertex=True))
        (asked,) = stand_in.asked
    assert asking.answer is not None, asking.error
    assert "publishers/google/models" in asked.path


def test_latest_models_are_asked_by_the_beta_version() -> None:
    with ModelProviders(Script.load("good")) as stand_in:
        asking = ask(provider_at(stand_in, "gemini", model="gemini-flash-latest"))
        (asked,) = stand_in.asked
    assert asking.answer is not None, asking.error
    assert asked.path.startswith("/v1beta/")
    assert asking.answer.used.cost_microdollars is None, "what it costs is not known"


def test_question_can_be_asked_for_less() -> None:
    with ModelProviders(Script.load("good")) as stand_in:
        ask(provider_at(stand_in, "gemini"), replace(QUESTION, max_answer_tokens=500))
        limit = stand_in.asked[0].body["generationConfig"]["maxOutputTokens"]
    assert limit >= 8_192 + 500, "thinking needs its own room"
