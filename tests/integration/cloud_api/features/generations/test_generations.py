"""Runs: answered, followed, resumed, called off, taken over, limited."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psycopg
import pytest
from cloud_operations import new_generation
from cloud_service import CloudService, Person, running_cloud

from cloud_api.features.generations import choosing, makers
from local_engine.contracts.generation import Generation, Made, NumberedEvent
from local_engine.generator.blueprint import load
from local_engine.generator.emit import emit

PROMPT = "A simple todo API"
STREAM = {"Accept": "text/event-stream"}


def post(person: Person, prompt: str = PROMPT, **more: Any) -> httpx.Response:
    return person.client.post("/generate-from-prompt", json={"prompt": prompt, **more})


def events_of(answer: httpx.Response) -> Iterator[NumberedEvent]:
    for line in answer.iter_lines():
        if line.startswith("data:"):
            yield NumberedEvent.model_validate_json(line.removeprefix("data:"))


def test_an_answer_holds_blueprint_files_and_what_was_assumed(person: Person) -> None:
    answer = post(person, "A blog with posts and comments", files="map")
    run = Generation.model_validate(answer.json())
    assert (answer.status_code, run.status, run.way) == (200, "succeeded", "no-model")
    assert run.result is not None
    assert run.files is not None
    assert run.quota is not None
    assert any("No model was used" in note for note in run.result.notes)
    assert run.result.assumed
    application = load(run.result.blueprint).application
    assert list(application.entities) == ["User", "Post", "Comment"]
    emitted = emit(application, run.result.blueprint)
    expected = {path: emitted.text(path) for path in emitted}
    assert run.files == expected
    assert (run.quota.generations.used, run.quota.generations.limit) == (1, 10)
    assert answer.headers["location"] == f"/generations/{run.id}"
    packed = person.client.get(str(run.files_zip))
    assert packed.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == expected


def test_a_stream_tells_all_and_can_be_resumed(person: Person) -> None:
    with person.client.stream(
        "POST", "/generate-from-prompt", json={"prompt": PROMPT}, headers=STREAM
    ) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        told = list(events_of(answer))
    assert [event.number for event in told] == list(range(1, len(told) + 1))
    assert [told[0].event.type, told[1].event.type, told[-1].event.type] == [
        "accepted",
        "started",
        "ended",
    ]
    facts = [one.event for one in told if one.event.type == "noticed"]
    assert ("entities.Todo", "entity-found", {"entity": "Todo"}) in [
        (one.path, one.kind, one.facts) for one in facts
    ]
    generation = told[0].event.model_dump(mode="json")["generation"]
    path = f"/generations/{generation}/events"
    for headers, params in (({"Last-Event-ID": "3"}, {}), ({}, {"after": "3"})):
        with person.client.stream("GET", path, headers=headers, params=params) as answer:
            assert list(events_of(answer)) == told[3:]


def test_a_prompt_that_says_nothing_is_answered_with_the_question(person: Person) -> None:
    answer = post(person, "xyzzy")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "not-understood")
    assert "What should the backend store" in problem["detail"]
    run = person.client.get(f"/generations/{problem['generation']}").json()
    assert (run["status"], run["problem"]["code"]) == ("failed", "not-understood")
    assert person.client.get(f"/generations/{run['id']}/files.zip").status_code == 409
    listed = person.client.get("/generations").json()["generations"]
    assert [one["id"] for one in listed] == [run["id"]]


@pytest.mark.parametrize("prompt", ["", "x" * 20_001, "a\0b", None, 7])
def test_what_is_no_prompt_is_refused_and_costs_nothing(person: Person, prompt: Any) -> None:
    assert post(person, prompt).status_code == 422
    assert person.client.get("/usage").json()["generations"]["used"] == 0


def test_ten_megabytes_are_refused(person: Person) -> None:
    answer = post(person, "todo " * 2_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_a_day_has_so_many_runs(new_cloud_database: Callable[[], str]) -> None:
    limits = {"platform_daily_generations": 3, "platform_daily_generations_unverified": 1}
    with running_cloud(new_cloud_database(), **limits) as cloud:
        person = cloud.new_person()
        assert post(person).status_code == 200
        refused = post(person)
        assert (refused.status_code, refused.json()["code"]) == (429, "quota-used-up")
        assert "Verify your e-mail address" in refused.json()["detail"]
        assert 0 < int(refused.headers["retry-after"]) <= 86_401
        person.client.post("/auth/email/verify", json={"code": cloud.code_for(person.email)})
        assert [post(person).status_code for _ in range(3)] == [200, 200, 429]
        assert person.client.get("/usage").json()["generations"] == {"used": 3, "limit": 3}
        cloud.execute("UPDATE usage_days SET day = day - 1")
        assert post(person).status_code == 200


def test_a_run_is_asked_for_once_however_often_it_is_sent(
    cloud: CloudService, person: Person
) -> None:
    wanted = "0f0f0f0f-1111-4000-8000-0123456789ab"
    first, second = post(person, id=wanted), post(person, id=wanted)
    assert first.json() == second.json()
    assert first.json()["id"] == wanted
    assert person.client.get("/usage").json()["generations"]["used"] == 1
    assert post(person, "A blog", id=wanted).status_code == 409
    assert post(cloud.new_person("other"), id=wanted).status_code == 409


def test_a_run_is_made_once_for_requests_at_once(cloud: CloudService) -> None:
    for number in range(3):
        person = cloud.new_person()
        wanted = f"0f0f0f0f-2222-4000-8000-00000000000{number}"
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda _: post(person, id=wanted), range(8)))  # noqa: B023
        assert {(one.status_code, one.json()["id"]) for one in answers} == {(200, wanted)}
        assert person.client.get("/usage").json()["generations"]["used"] == 1


class SlowMaker:
    """Takes its time, and asks now and then whether it shall go on."""

    async def make(self, prompt: str, report: makers.Report) -> Made:
        import asyncio

        for _ in range(200):
            await asyncio.sleep(0.05)
            await report([])
        return await makers.PlannerMaker().make(prompt, report)


@pytest.fixture
def slow(
    new_cloud_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[CloudService]:
    """A cloud whose runs take ten seconds, and whose answers wait for half of one."""
    monkeypatch.setattr(choosing, "PlannerMaker", SlowMaker)
    chosen = {"platform_answer_seconds": 0.5, "platform_heartbeat_seconds": 0.3}
    with running_cloud(new_cloud_database(), **chosen) as service:
        yield service


def test_a_long_run_is_answered_with_its_address(slow: CloudService) -> None:
    person = slow.new_person()
    answer = post(person)
    assert answer.status_code == 202
    assert answer.json()["status"] in ("queued", "running")
    assert answer.headers["retry-after"] == "2"
    path = answer.headers["location"]
    with person.client.stream("GET", f"{path}/events") as stream:
        lines = stream.iter_lines()
        assert next(line for line in lines if line.startswith(":")) == ": ping"
        assert person.client.post(f"{path}/cancel").status_code == 202
        rest = [json.loads(line[5:]) for line in lines if line.startswith("data:")]
    assert rest[-1]["event"] == {"type": "ended", "status": "cancelled", "problem": None}
    run = person.client.get(path).json()
    assert (run["status"], run["files_zip"], run["result"]) == ("cancelled", None, None)
    assert person.client.post(f"{path}/cancel").json()["status"] == "cancelled"


def test_streams_are_limited_and_end_with_the_service(slow: CloudService) -> None:
    person = slow.new_person()
    path = post(person).headers["location"] + "/events"
    with httpx.Client(base_url=slow.url, headers=person.client.headers, timeout=30) as client:
        streams = [client.send(client.build_request("GET", path), stream=True) for _ in range(10)]
        assert {stream.status_code for stream in streams} == {200}
        assert client.get(path).json()["code"] == "too-many-streams"
        refused = client.post("/generate-from-prompt", json={"prompt": PROMPT}, headers=STREAM)
        assert (refused.status_code, refused.json()["code"]) == (429, "too-many-streams")
        assert client.get("/usage").json()["generations"]["used"] == 1
        assert "cloud_open_streams 10.0" in client.get("/metrics").text
        slow.call(_drain(slow))
        for stream in streams:
            assert "ended" not in stream.read().decode()
        deadline = time.monotonic() + 10
        while "cloud_open_streams 0.0" not in client.get("/metrics").text:
            assert time.monotonic() < deadline, "the places of ended streams are not free"
            time.sleep(0.05)


async def _drain(cloud: CloudService) -> None:
    cloud.services.draining.set()
    cloud.services.generations.wake_all()


def test_a_run_that_waits_is_cancelled_at_once(new_cloud_database: Callable[[], str]) -> None:
    idle = {"platform_worker_in_process": False, "platform_answer_seconds": 0.2}
    with running_cloud(new_cloud_database(), **idle) as cloud:
        person = cloud.new_person()
        answer = post(person)
        assert (answer.status_code, answer.json()["status"]) == (202, "queued")
        cancelled = person.client.post(f"{answer.headers['location']}/cancel")
        assert cancelled.json()["status"] == "cancelled"


def test_the_run_of_a_dead_worker_is_taken_over(
    new_cloud_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker had begun it and has sent no heartbeat since; another one begins it again."""
    monkeypatch.setattr("cloud_api.worker._RESCUE_SECONDS", 0.5)
    url = new_cloud_database()
    idle = {"platform_worker_in_process": False, "platform_answer_seconds": 0.2}
    with running_cloud(url, **idle) as cloud:
        person = cloud.new_person()
        path = post(person).headers["location"]
        cloud.execute(_DEAD_WORKER)
        cloud.execute("UPDATE generations SET status = 'running', attempts = 1")
    with running_cloud(url) as cloud:
        client = cloud.new_client()
        client.headers.update(person.client.headers)
        with client.stream("GET", f"{path}/events") as stream:
            told = list(events_of(stream))
        assert [one.event.type for one in told[:2]] == ["accepted", "started"]
        assert told[1].event.model_dump()["attempt"] == 2
        assert client.get(path).json()["status"] == "succeeded"


_DEAD_WORKER = """
    WITH dead AS (
        INSERT INTO procrastinate_workers (last_heartbeat)
        VALUES (now() - interval '1 hour') RETURNING id
    )
    UPDATE procrastinate_jobs SET status = 'doing', worker_id = dead.id, attempts = 1
    FROM dead WHERE task_name = 'generations:run'
"""


def test_a_run_that_kills_its_workers_is_not_begun_for_ever(
    new_cloud_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five workers died of one; another's task is gone from the queue. Both end as failed."""
    monkeypatch.setattr("cloud_api.worker._RESCUE_SECONDS", 0.5)
    url = new_cloud_database()
    idle = {"platform_worker_in_process": False, "platform_answer_seconds": 0.2}
    with running_cloud(url, **idle) as cloud:
        person = cloud.new_person()
        deadly, lost, off = (post(person).headers["location"] for _ in range(3))
        cloud.execute(_DEAD_WORKER)
        cloud.execute("UPDATE generations SET status = 'running', attempts = 5")
        for path in (lost, off):
            cloud.execute(
                "UPDATE procrastinate_jobs SET status = 'failed' WHERE lock = %(lock)s",
                lock=f"generation {path.rpartition('/')[2]}",
            )
        assert person.client.post(f"{off}/cancel").json()["status"] == "cancelled"
        assert person.client.post(f"{deadly}/cancel").json()["status"] == "running"
        cloud.execute("UPDATE generations SET cancel_asked = false")
    with running_cloud(url) as cloud:
        client = cloud.new_client()
        client.headers.update(person.client.headers)
        for path in (deadly, lost):
            with client.stream("GET", f"{path}/events") as stream:
                told = list(events_of(stream))
            assert [one.event.type for one in told] == ["accepted", "ended"]
            run = client.get(path).json()
            assert (run["status"], run["problem"]["code"]) == ("failed", "internal")
            assert "begun several times" in run["problem"]["detail"]


def test_a_mistake_of_ours_ends_the_run(
    new_cloud_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Made) -> bytes:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr("cloud_api.features.generations.tasks._files", broken)
    with running_cloud(new_cloud_database()) as cloud:
        answer = post(cloud.new_person())
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret detail" not in answer.text


def test_a_database_that_is_away_for_a_moment_does_not_end_a_run(
    new_cloud_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first try breaks off as it does for a lost connection; the second makes it."""
    tries = iter(range(100))

    class CutOff(makers.PlannerMaker):
        async def make(self, prompt: str, report: makers.Report) -> Made:
            if next(tries) == 0:
                raise psycopg.OperationalError("the connection is lost")
            return await super().make(prompt, report)

    monkeypatch.setattr(choosing, "PlannerMaker", CutOff)
    with running_cloud(new_cloud_database()) as cloud:
        answer = post(cloud.new_person())
    assert (answer.status_code, next(tries)) == (200, 2)


def test_a_run_may_not_use_more_than_its_cap(cloud: CloudService, person: Person) -> None:
    """The database itself refuses, whatever a maker does."""
    generation = new_generation(person)
    with pytest.raises(psycopg.errors.CheckViolation):
        cloud.execute(
            "UPDATE generations SET tokens = max_tokens + 1 WHERE id = %(id)s::uuid", id=generation
        )
