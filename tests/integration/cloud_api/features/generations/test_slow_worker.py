"""A worker that is slow, not dead: another takes its run over, and the slow one stops."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from answers_of_blueprint import replies_of
from cloud_service import CloudService, running_cloud
from model_providers import KEY, ModelProviders
from repository_rules import ROOT
from scripted_replies import Script

from cloud_api.features.generations import agents, choosing, makers
from local_engine.contracts.generation import Made, Noticed
from local_engine.generator.blueprint import dump, load_file

TODO = load_file(ROOT / "docs/examples/01-todo/blueprint.yaml").blueprint
WAIT = {"platform_answer_seconds": 0.2}
SECONDS = 60.0


def until(true: Callable[[], Any]) -> Any:
    """What comes, once it is something."""
    deadline = time.monotonic() + SECONDS
    while not (found := true()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def take_for_dead(cloud: CloudService) -> None:
    """Let the worker's heartbeat, and that of no other, be old."""
    cloud.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")


def begin(cloud: CloudService) -> str:
    """A run that a worker of this cloud has begun: its path."""
    person = cloud.new_person()
    answer = person.client.post("/generate-from-prompt", json={"prompt": "A simple todo API"})
    cloud.client.headers.update(person.client.headers)
    return answer.headers["location"]


def test_worker_ends_its_own_tasks(
    new_cloud_database: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    with running_cloud(new_cloud_database(), **WAIT) as cloud:
        path = begin(cloud)
        until(lambda: cloud.client.get(path).json()["status"] == "succeeded")
        until(lambda: not cloud.execute("SELECT id FROM procrastinate_jobs"))
        time.sleep(0.1)
    assert "taken a task over" not in caplog.text


def test_slow_worker_writes_nothing_after_another_took_over(
    new_cloud_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow one goes on while the other works, and after it: nothing of it may be seen."""
    monkeypatch.setattr("cloud_api.worker._RESCUE_SECONDS", 0.3)
    woken, finish, met, tries = threading.Event(), threading.Event(), [], iter(range(9))

    class Slow(makers.PlannerMaker):
        async def make(self, prompt: str, report: makers.Report) -> Made:
            import asyncio

            if next(tries) > 0:
                await asyncio.to_thread(finish.wait, SECONDS)
                return await super().make(prompt, report)
            await asyncio.to_thread(woken.wait, SECONDS)
            try:
                await report([Noticed(path="", kind="from-the-slow-one", facts={})])
            except makers.CalledOff:
                met.append("fenced off")
                raise
            finally:
                met.append("stopped")
            raise AssertionError("it could write")

    monkeypatch.setattr(choosing, "PlannerMaker", Slow)
    url = new_cloud_database()
    with running_cloud(url, **WAIT) as slow:
        path = begin(slow)
        until(lambda: slow.client.get(path).json()["status"] == "running")
        take_for_dead(slow)
        with running_cloud(url) as other:
            sql = "SELECT attempts FROM generations"
            until(lambda: other.execute(sql)[0]["attempts"] == 2)
            woken.set()
            until(lambda: "stopped" in met)
            time.sleep(0.5)  # for its worker to end the task, were it let
            jobs = "SELECT status FROM procrastinate_jobs WHERE task_name = 'generations:run'"
            assert other.execute(jobs) == [{"status": "doing"}], "the other's task is the other's"
            assert slow.client.get(path).json()["status"] == "running"
            finish.set()
            until(lambda: slow.client.get(path).json()["status"] == "succeeded")
            until(lambda: not other.execute(jobs))
            events = slow.client.get(f"{path}/events").text
    assert met == ["fenced off", "stopped"]
    assert "from-the-slow-one" not in events
    assert events.count('"type":"started"') == 2
    assert events.count('"type":"ended"') == 1


def test_slow_worker_asks_no_model_after_another_took_over(
    new_cloud_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in its third call when the other begins: that is called off, and no fourth is sent."""
    monkeypatch.setattr("cloud_api.worker._RESCUE_SECONDS", 0.3)
    monkeypatch.setattr(agents, "_LOOK_SECONDS", 0.2)
    replies = replies_of(TODO)
    slow_reply = {**replies[2], "kind": "slow", "seconds": 30.0}
    url = new_cloud_database()
    with ModelProviders(Script.of(*replies[:2], slow_reply, replies[2])) as stand_in:
        chosen = {"openai_api_key": KEY, "openai_base_url": stand_in.openai}
        with running_cloud(url, **chosen, **WAIT) as slow:
            path = begin(slow)
            until(lambda: len(stand_in.asked) == 3)
            take_for_dead(slow)
            with running_cloud(url, **chosen) as other:
                until(lambda: slow.client.get(path).json()["status"] != "running")
                calls = "SELECT problem FROM model_calls ORDER BY id"
                until(lambda: {"problem": "Cancelled"} in other.execute(calls))
                run = slow.client.get(path).json()
                assert other.execute("SELECT question FROM model_answers") == []
        assert len(stand_in.asked) == 4
    assert run["status"] == "succeeded"
    assert run["result"]["blueprint"] == dump(TODO)
