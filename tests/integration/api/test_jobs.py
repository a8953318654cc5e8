"""Jobs over HTTP: starting, following, replaying, calling off, surviving a kill."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from engine_process import TOKEN, EngineProcess, running_engine
from event_stream import Sent, follow

JOBS = "/api/v1/jobs"
PROMPT = "A blog with posts and comments, where only the author edits a post"
FOLLOWERS = 20


def plan(client: httpx.Client, prompt: str = PROMPT) -> str:
    """Start planning; gives the job's id."""
    answer = client.post(JOBS, json={"kind": "plan", "prompt": prompt})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def events_of(client: httpx.Client, job: str, **options: Any) -> list[Sent]:
    """All events of a job up to its end."""
    return list(follow(client, f"{JOBS}/{job}/events", **options))


def test_a_blueprint_streams_in_as_it_is_found(client: httpx.Client) -> None:
    job = plan(client)
    events = events_of(client, job)
    types = [event.type for event in events]
    assert types[:3] == ["queued", "started", "stage_began"]
    assert types[-2:] == ["stage_ended", "succeeded"]
    found = [event.data["event"] for event in events if event.type == "found"]
    assert {"Post", "Comment"} <= {one["facts"].get("entity") for one in found}
    assert all(event.data["id"] == event.id and event.data["job"] == job for event in events)
    facts = client.get(f"{JOBS}/{job}").json()
    assert facts["status"] == "succeeded"
    assert "Comment:" in facts["result"]["blueprint"]
    assert facts["result"]["decisions"]


def test_a_stream_goes_on_where_it_broke_off(client: httpx.Client) -> None:
    job = plan(client)
    everything = events_of(client, job)
    for position in (0, 3, len(everything) - 2):
        rest = everything[position + 1 :]
        assert events_of(client, job, last=everything[position].id) == rest
        path = f"{JOBS}/{job}/events?after={everything[position].id}"
        assert list(follow(client, path)) == rest


def test_a_stream_that_has_told_all_is_not_asked_again(client: httpx.Client) -> None:
    job = plan(client)
    last = events_of(client, job)[-1].id
    header = {"Last-Event-ID": str(last)}
    assert client.get(f"{JOBS}/{job}/events", headers=header).status_code == 204


def test_the_history_is_the_stream_in_pages(client: httpx.Client) -> None:
    job = plan(client)
    streamed = [event.data for event in events_of(client, job)]
    page = client.get(f"{JOBS}/{job}/history").json()
    assert page["events"] == streamed
    assert page["ended"] is True
    assert page["last"] == streamed[-1]["id"]


def test_twenty_windows_lose_nothing_and_see_nothing_twice(engine: EngineProcess) -> None:
    seen: list[list[Sent]] = [[] for _ in range(FOLLOWERS)]
    begun = threading.Barrier(FOLLOWERS + 1)
    jobs: list[str] = []

    def window(number: int) -> None:
        with engine.new_client(TOKEN) as client:
            begun.wait(30)
            # Half of them break off in the middle and come back with the number they had.
            limit = 5 + number if number % 2 else None
            for event in follow(client, f"{JOBS}/{jobs[0]}/events"):
                seen[number].append(event)
                if limit is not None and len(seen[number]) == limit:
                    break
            if limit is not None:
                last = seen[number][-1].id
                seen[number] += follow(client, f"{JOBS}/{jobs[0]}/events", last=last)

    threads = [threading.Thread(target=window, args=[number]) for number in range(FOLLOWERS)]
    for thread in threads:
        thread.start()
    jobs.append(plan(engine.client))
    begun.wait(30)
    for thread in threads:
        thread.join(60)
    stored = [event.data for event in events_of(engine.client, jobs[0])]
    assert len(stored) > 20
    for events in seen:
        assert [event.data for event in events] == stored


def test_one_stream_tells_of_all_jobs(engine: EngineProcess) -> None:
    heard: list[Sent] = []
    ready = threading.Event()

    def listen() -> None:
        with engine.new_client(TOKEN) as client:
            ready.set()
            for event in follow(client, f"/api/v1/events?after={start}"):
                heard.append(event)
                if [one.type for one in heard].count("succeeded") == 2:
                    return

    first = plan(engine.client)
    start = events_of(engine.client, first)[0].id - 1
    listener = threading.Thread(target=listen)
    listener.start()
    ready.wait(10)
    second = plan(engine.client)
    listener.join(30)
    assert {event.data["job"] for event in heard} == {first, second}
    numbers = [event.id for event in heard]
    assert numbers == sorted(set(numbers))


def test_a_failure_says_what_to_do(client: httpx.Client) -> None:
    last = events_of(client, plan(client, "?????"))[-1]
    assert last.type == "failed"
    assert last.data["event"]["code"] == "not-understood"
    assert last.data["event"]["hint"]


def test_an_ended_job_stays_as_it_is_and_can_be_repeated(client: httpx.Client) -> None:
    job = plan(client)
    events_of(client, job)
    assert client.post(f"{JOBS}/{job}/cancel").json()["status"] == "succeeded"
    again = client.post(f"{JOBS}/{job}/repeat").json()
    assert again["repeats"] == job
    events_of(client, again["id"])
    first, second = (client.get(f"{JOBS}/{one}").json() for one in (job, again["id"]))
    assert first["result"] == second["result"]


def test_jobs_are_listed_newest_first_in_pages(client: httpx.Client) -> None:
    made = [plan(client) for _ in range(3)]
    page = client.get(JOBS, params={"limit": 2}).json()
    assert [job["id"] for job in page["jobs"]] == [made[2], made[1]]
    following = client.get(JOBS, params={"limit": 2, "before": page["next"]}).json()
    assert following["jobs"][0]["id"] == made[0]


def test_streams_are_bounded(engine: EngineProcess) -> None:
    with engine.new_client(TOKEN) as client:
        opened = [client.stream("GET", "/api/v1/events") for _ in range(64)]
        try:
            answers = [stream.__enter__() for stream in opened]
            assert {answer.status_code for answer in answers} == {200}
            assert engine.client.get("/api/v1/events").json()["code"] == "too-many-streams"
        finally:
            for stream in opened:
                stream.__exit__(None, None, None)
    job = plan(engine.client)
    assert events_of(engine.client, job)[-1].type == "succeeded"


@pytest.fixture
def slow_prompt() -> str:
    """A prompt that takes the planner a while."""
    return "A store with " + ", ".join(f"thing{n}s with a name and a price" for n in range(300))


def test_who_queues_too_much_is_told_to_come_later(home: Path, slow_prompt: str) -> None:
    with running_engine(home) as engine:
        request = {"kind": "plan", "prompt": slow_prompt}
        answers = [engine.client.post(JOBS, json=request) for _ in range(30)]
        refused = [one for one in answers if one.status_code != 202]
        assert {one.status_code for one in refused} == {429}
        assert refused[0].json()["code"] == "too-many-jobs"
        assert int(refused[0].headers["Retry-After"]) > 0
        created = engine.client.post("/api/v1/projects", json={"prompt": "A simple todo API"})
        assert created.status_code == 201, created.text


def test_what_a_killed_engine_did_is_interrupted(home: Path, slow_prompt: str) -> None:
    with running_engine(home) as engine:
        done = plan(engine.client)
        before = events_of(engine.client, done)
        jobs = [plan(engine.client, slow_prompt) for _ in range(6)]
        engine.kill()
    with running_engine(home) as engine:
        assert events_of(engine.client, done) == before
        ends = [events_of(engine.client, job)[-1] for job in jobs]
        assert ends[-1].type == "interrupted"
        assert "without warning" in ends[-1].data["event"]["reason"]
        again = engine.client.post(f"{JOBS}/{jobs[-1]}/repeat").json()["id"]
        assert engine.client.post(f"{JOBS}/{again}/cancel").status_code == 202


def test_an_ending_engine_ends_streams_and_interrupts_jobs(home: Path, slow_prompt: str) -> None:
    with running_engine(home) as engine:
        jobs = [plan(engine.client, slow_prompt) for _ in range(6)]
        with (
            engine.new_client(TOKEN) as client,
            client.stream("GET", "/api/v1/events") as answer,
        ):
            engine.process.terminate()
            answer.read()
        assert engine.process.wait(20) == 0
    with running_engine(home) as engine:
        last = events_of(engine.client, jobs[-1])[-1]
        assert last.type == "interrupted"
        assert "SIGTERM" in last.data["event"]["reason"]
