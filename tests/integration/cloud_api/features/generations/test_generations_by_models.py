"""Runs by a model: the platform's key or the user's, recorded, capped, taken over, called off."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from answers_of_blueprint import replies_of
from cloud_service import CloudService, Person, running_cloud
from model_providers import KEY, ModelProviders
from repository_rules import ROOT
from scripted_replies import Script

from local_engine.contracts.generation import Generation
from local_engine.generator.blueprint import dump, load_file
from local_engine.generator.planner import plan

PROMPT = "A simple todo API"
TODO = load_file(ROOT / "docs/examples/01-todo/blueprint.yaml").blueprint
COUNTS = (
    "SELECT count(*) AS calls, count(ended_at) AS ended, sum(reserved_tokens) AS reserved,"
    " sum(tokens) AS tokens FROM model_calls"
)


def post(person: Person, prompt: str = PROMPT, **more: Any) -> httpx.Response:
    return person.client.post("/generate-from-prompt", json={"prompt": prompt, **more})


@contextmanager
def cloud_with(database: str, stand_in: ModelProviders, **settings: Any) -> Iterator[CloudService]:
    addresses = {
        "google_gemini_base_url": stand_in.gemini,
        "groq_base_url": stand_in.groq,
        "openai_base_url": stand_in.openai,
    }
    with running_cloud(database, **addresses, **settings) as cloud:
        yield cloud


def test_platforms_key_makes_it_and_what_it_used_is_shown(
    new_cloud_database: Callable[[], str],
) -> None:
    with (
        ModelProviders(Script.of(*replies_of(TODO))) as stand_in,
        cloud_with(new_cloud_database(), stand_in, openai_api_key=KEY) as cloud,
    ):
        person = cloud.new_person()
        answer = post(person)
        run = Generation.model_validate(answer.json())
        assert (run.status, run.way, run.model) == ("succeeded", "platform-key", "gpt-6.2-sol")
        assert run.result is not None
        assert run.result.blueprint == dump(TODO)
        assert run.result.notes == ["Made by openai/gpt-6.2-sol."]
        assert run.usage.tokens == 3 * 2_500 + 2 * (27 + 98 + 45)
        assert run.usage.cost_microdollars > 0
        usage = person.client.get("/usage").json()
        assert usage["tokens"]["used"] == run.usage.tokens
        assert usage["cost_microdollars"]["used"] == run.usage.cost_microdollars
        (counts,) = cloud.execute(COUNTS)
        assert (counts["calls"], counts["ended"]) == (3, 3)
        assert counts["tokens"] == run.usage.tokens < counts["reserved"]
        events = person.client.get(f"/generations/{run.id}/events").text
        assert "field-found" in events
        assert KEY not in events + answer.text


def test_own_key_comes_first_and_costs_the_platform_nothing(
    new_cloud_database: Callable[[], str],
) -> None:
    with (
        ModelProviders(Script.of(*replies_of(TODO)), keys=("own-key-0123456789",)) as stand_in,
        cloud_with(new_cloud_database(), stand_in, openai_api_key=KEY) as cloud,
    ):
        person = cloud.new_person()
        for provider, key in (("groq", "own-key-0123456789"), ("gemini", "refused-0123456789")):
            assert person.client.put(f"/llm-keys/{provider}", json={"key": key}).status_code == 200
        cloud.execute("UPDATE llm_keys SET works = false WHERE provider = 'gemini'")  # by its test
        cloud.execute(
            "INSERT INTO usage_days (user_id, day, generations, tokens, cost_microdollars)"
            " SELECT id, (now() AT TIME ZONE 'UTC')::date, 0, 0, 1_999_999 FROM users"
        )
        run = Generation.model_validate(post(person).json())
        assert (run.status, run.way) == ("succeeded", "own-key")
        assert run.result is not None
        assert run.result.notes == ["Made by groq/openai/gpt-oss-120b."]
        assert run.usage.cost_microdollars > 0
        assert person.client.get("/usage").json()["cost_microdollars"]["used"] == 1_999_999
        assert cloud.execute("SELECT question FROM model_answers") == [], (
            "nobody takes over what has ended"
        )
        assert post(person, via="no-model").json()["way"] == "no-model"


@pytest.mark.parametrize("own", [False, True])
def test_google_cloud_is_asked_with_the_platforms_key_only(
    new_cloud_database: Callable[[], str], own: bool
) -> None:
    with ModelProviders(Script.of(*replies_of(TODO)), keys=(KEY, "own-key-0123456789")) as stand_in:
        # Where the other is meant to be asked, nobody is there.
        addresses = {
            "google_gemini_base_url": stand_in.gemini if own else "http://127.0.0.1:1",
            "google_vertex_base_url": "http://127.0.0.1:1" if own else stand_in.gemini,
        }
        vertex = {"google_api_key": KEY, "google_genai_use_vertexai": True}
        with running_cloud(new_cloud_database(), **addresses, **vertex) as cloud:
            person = cloud.new_person()
            if own:
                given = {"key": "own-key-0123456789"}
                assert person.client.put("/llm-keys/gemini", json=given).status_code == 200
            run = Generation.model_validate(post(person).json())
        paths = {one.path for one in stand_in.asked}
    assert run.way == ("own-key" if own else "platform-key")
    assert run.result is not None
    assert run.result.blueprint == dump(TODO)
    assert {"publishers/google/models" in path for path in paths} == {not own}


def test_key_that_is_refused_is_said(new_cloud_database: Callable[[], str]) -> None:
    with (
        ModelProviders(Script.of(), keys=()) as stand_in,
        cloud_with(new_cloud_database(), stand_in) as cloud,
    ):
        person = cloud.new_person()
        person.client.put("/llm-keys/openai", json={"key": "refused-key-0123456789"})
        answer = post(person)
    assert (answer.status_code, answer.json()["code"]) == (422, "key-refused")
    assert "refused-key" not in answer.text


@pytest.mark.parametrize("cap", [{"max_tokens": 1_000}, {"max_cost_microdollars": 2_000}])
def test_run_keeps_to_its_cap(new_cloud_database: Callable[[], str], cap: dict[str, Any]) -> None:
    with (
        ModelProviders(Script.of(*replies_of(TODO))) as stand_in,
        cloud_with(new_cloud_database(), stand_in, openai_api_key=KEY) as cloud,
    ):
        run = Generation.model_validate(post(cloud.new_person(), **cap).json())
        assert stand_in.asked == []
    assert run.result is not None
    assert run.result.blueprint == plan(PROMPT).text
    assert any("budget" in note for note in run.result.notes)
    assert run.usage.tokens == 0


def test_days_quota_holds_whatever_a_run_was_promised(
    new_cloud_database: Callable[[], str],
) -> None:
    """Another run has used the day up after this one was given its cap."""
    url = new_cloud_database()
    quota: dict[str, Any] = {"openai_api_key": KEY, "platform_daily_tokens": 60_000}
    idle = {"platform_worker_in_process": False, "platform_answer_seconds": 0.2}
    with ModelProviders(Script.of(*replies_of(TODO))) as stand_in:
        with cloud_with(url, stand_in, **quota, **idle) as cloud:
            person = cloud.new_person()
            path = post(person).headers["location"]
            (row,) = cloud.execute("SELECT max_tokens FROM generations")
            assert row["max_tokens"] == 60_000
            cloud.execute("UPDATE usage_days SET tokens = 59_000")
        with cloud_with(url, stand_in, **quota) as cloud:
            client = cloud.new_client()
            client.headers.update(person.client.headers)
            with client.stream("GET", f"{path}/events") as stream:
                stream.read()
            run = Generation.model_validate(client.get(path).json())
            used = client.get("/usage").json()["tokens"]["used"]
        assert stand_in.asked == []
    assert (run.status, run.usage.tokens, used) == ("succeeded", 0, 59_000)
    assert run.result is not None
    assert any("today" in note for note in run.result.notes)


def test_provider_that_is_down_leaves_it_to_the_planner(
    new_cloud_database: Callable[[], str],
) -> None:
    out = {"kind": "quota", "per_day": True, "repeat": True}
    with (
        ModelProviders(Script.of(out)) as stand_in,
        cloud_with(new_cloud_database(), stand_in, groq_api_key=KEY) as cloud,
    ):
        run = Generation.model_validate(post(cloud.new_person()).json())
    assert run.result is not None
    assert run.result.blueprint == plan(PROMPT).text
    assert "No model was used" in run.result.notes[0]


def test_taken_over_run_repeats_one_call_at_most(
    new_cloud_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker died in the third call; the one that takes over has the first two answers."""
    monkeypatch.setattr("cloud_api.worker._RESCUE_SECONDS", 0.5)
    replies = replies_of(TODO)
    slow = {**replies[2], "kind": "slow", "seconds": 30.0}
    url = new_cloud_database()
    with ModelProviders(Script.of(*replies[:2], slow, replies[2])) as stand_in:
        with cloud_with(
            url,
            stand_in,
            openai_api_key=KEY,
            platform_answer_seconds=0.2,
            platform_shutdown_seconds=1,
        ) as cloud:
            person = cloud.new_person()
            path = post(person).headers["location"]
            deadline = time.monotonic() + 20
            while len(stand_in.asked) < 3 and time.monotonic() < deadline:
                time.sleep(0.05)
            cloud.execute(_DEAD_WORKER)
        with cloud_with(url, stand_in, openai_api_key=KEY) as cloud:
            client = cloud.new_client()
            client.headers.update(person.client.headers)
            deadline = time.monotonic() + 30
            while client.get(path).json()["status"] in ("queued", "running"):
                assert time.monotonic() < deadline
                time.sleep(0.1)
            run = Generation.model_validate(client.get(path).json())
        assert len(stand_in.asked) == 4, "the call under way is repeated, the others are not"
    assert run.status == "succeeded"
    assert run.result is not None
    assert run.result.blueprint == dump(TODO)


_DEAD_WORKER = """
    WITH dead AS (
        INSERT INTO procrastinate_workers (last_heartbeat)
        VALUES (now() - interval '1 hour') RETURNING id
    )
    UPDATE procrastinate_jobs SET status = 'doing', worker_id = dead.id, attempts = 1
    FROM dead WHERE task_name = 'generations:run'
"""


def test_run_is_called_off_while_the_model_thinks(new_cloud_database: Callable[[], str]) -> None:
    slow = {"kind": "slow", "seconds": 30.0, "answer": {}}
    with (
        ModelProviders(Script.of(slow)) as stand_in,
        cloud_with(
            new_cloud_database(), stand_in, openai_api_key=KEY, platform_answer_seconds=0.2
        ) as cloud,
    ):
        person = cloud.new_person()
        path = post(person).headers["location"]
        while not stand_in.asked:
            time.sleep(0.05)
        person.client.post(f"{path}/cancel")
        deadline = time.monotonic() + 15
        while person.client.get(path).json()["status"] == "running":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert person.client.get(path).json()["status"] == "cancelled"
