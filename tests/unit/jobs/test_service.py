"""The queue: order, bounds, calling off, ends."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from job_kinds import GATES, CountRequest, WaitRequest
from killing import eventually

from local_engine.jobs import Job, Jobs, JobStatus, NoSuchJob, NotNow, TooMany
from local_engine.jobs import service as module
from local_engine.jobs.events import Failed, Interrupted, is_last
from local_engine.jobs.model import JobStatus as Status


def ended(jobs: Jobs, job: Job) -> list[str]:
    """The types of all events of a job, once it has ended."""
    return [event.event.type for event in jobs.feed.follow(job.id)]


def running(jobs: Jobs, job: Job) -> bool:
    return jobs.get(job.id).status is Status.RUNNING


@pytest.fixture
def gate() -> str:
    name = f"gate-{len(GATES)}"
    GATES[name] = threading.Event()
    return name


def test_a_job_from_start_to_end(jobs: Jobs) -> None:
    job = jobs.start(CountRequest(events=2))
    assert ended(jobs, job) == ["queued", "started", "progress", "progress", "succeeded"]
    found = jobs.get(job.id)
    assert found.status is JobStatus.SUCCEEDED
    assert found.result == {"kind": "count", "number": 2}
    assert found.started_at is not None
    assert found.ended_at is not None
    assert found.created_at <= found.started_at <= found.ended_at


def test_a_failure_is_told_in_words(jobs: Jobs) -> None:
    job = jobs.start(CountRequest(events=0, then="fail"))
    *_, last = jobs.feed.follow(job.id)
    assert isinstance(last.event, Failed)
    assert (last.event.code, last.event.hint) == ("asked-to", "Ask for something else.")
    assert jobs.get(job.id).status is JobStatus.FAILED


def test_a_mistake_of_ours_ends_the_job_and_nothing_else(jobs: Jobs) -> None:
    job = jobs.start(CountRequest(events=0, then="break"))
    assert ended(jobs, job)[-1] == "failed"
    other = jobs.start(CountRequest(events=0))
    assert ended(jobs, other)[-1] == "succeeded"


def test_one_at_a_time_in_a_project_in_order(jobs: Jobs, gate: str) -> None:
    first = jobs.start(WaitRequest(project="a", gate=gate))
    second = jobs.start(CountRequest(project="a", events=0))
    third = jobs.start(CountRequest(project="a", events=0))
    assert eventually(lambda: running(jobs, first), 5)
    assert jobs.get(second.id).status is JobStatus.QUEUED
    assert jobs.busy("a")
    GATES[gate].set()
    for job in (first, second, third):
        ended(jobs, job)
    starts = [jobs.get(job.id).started_at for job in (first, second, third)]
    assert starts == sorted(starts, key=str)
    assert eventually(lambda: not jobs.busy("a"), 5)


def test_several_projects_at_once_but_not_too_many(jobs: Jobs, gate: str) -> None:
    limit = module.LIGHT_AT_ONCE
    all_of_them = [jobs.start(WaitRequest(project=f"p{n}", gate=gate)) for n in range(limit + 2)]
    assert eventually(lambda: sum(running(jobs, job) for job in all_of_them) == limit, 5)
    assert not running(jobs, all_of_them[-1])
    GATES[gate].set()
    for job in all_of_them:
        assert ended(jobs, job)[-1] == "succeeded"


def test_calling_off_what_waits_and_what_runs(jobs: Jobs, gate: str) -> None:
    first = jobs.start(WaitRequest(project="a", gate=gate))
    second = jobs.start(WaitRequest(project="a", gate=gate))
    assert eventually(lambda: running(jobs, first), 5)
    assert jobs.cancel(second.id).status is JobStatus.CANCELLED
    assert ended(jobs, second) == ["queued", "cancelled"]
    jobs.cancel(first.id)
    assert ended(jobs, first) == ["queued", "started", "cancelled"]
    assert jobs.cancel(first.id).status is JobStatus.CANCELLED
    assert ended(jobs, first)[-1] == "cancelled"


def test_the_queue_is_bounded(jobs: Jobs, gate: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_QUEUED", 2)
    for _ in range(3):
        jobs.start(WaitRequest(project="a", gate=gate))
    with pytest.raises(TooMany, match="2 jobs wait"):
        jobs.start(WaitRequest(project="b", gate=gate))
    with pytest.raises(TooMany):
        jobs.require_room()
    GATES[gate].set()


@pytest.mark.parametrize("greedy", ["a", None])
def test_no_project_fills_the_queue_for_the_others(
    jobs: Jobs, gate: str, monkeypatch: pytest.MonkeyPatch, greedy: str | None
) -> None:
    monkeypatch.setattr(module, "LIGHT_AT_ONCE", 1)
    monkeypatch.setattr(module, "MAX_QUEUED_OF_ONE", 2)
    for _ in range(3):
        jobs.start(WaitRequest(project=greedy, gate=gate))
    with pytest.raises(TooMany, match="2 jobs"):
        jobs.start(WaitRequest(project=greedy, gate=gate))
    jobs.require_room()
    other = jobs.start(WaitRequest(project="b", gate=gate))
    GATES[gate].set()
    assert ended(jobs, other)[-1] == "succeeded"


def test_an_end_of_the_engine_interrupts_all(jobs: Jobs, gate: str) -> None:
    first = jobs.start(WaitRequest(project="a", gate=gate))
    second = jobs.start(WaitRequest(project="a", gate=gate))
    assert eventually(lambda: running(jobs, first), 5)
    jobs.close("stopped", 5.0)
    for job in (first, second):
        assert jobs.get(job.id).status is JobStatus.INTERRUPTED
        *_, last = jobs.feed.follow(job.id)
        assert last.event == Interrupted(reason="stopped")
    with pytest.raises(NotNow, match="ending"):
        jobs.start(WaitRequest(gate=gate))


def test_what_a_killed_engine_left_is_interrupted_and_can_be_repeated(
    make_jobs: Callable[[], Jobs], gate: str
) -> None:
    before = make_jobs()
    left = [before.start(WaitRequest(project="a", gate=gate)) for _ in range(2)]
    assert eventually(lambda: running(before, left[0]), 5)
    before.runner.end()  # as the operating system does it after a kill
    after = make_jobs()
    for job in left:
        assert after.get(job.id).status is JobStatus.INTERRUPTED
        (last,) = [event for event in after.feed.after(0, job=job.id) if is_last(event.event)]
        assert isinstance(last.event, Interrupted)
    GATES[gate].set()
    again = after.repeat(left[0].id)
    assert again.repeats == left[0].id
    assert ended(after, again)[-1] == "succeeded"


def test_a_job_that_is_not_there(jobs: Jobs) -> None:
    for method in (jobs.get, jobs.cancel, jobs.repeat):
        with pytest.raises(NoSuchJob):
            method("0" * 32)


def test_pages_go_back_in_time(jobs: Jobs) -> None:
    made = [jobs.start(CountRequest(project="ab"[n % 2], events=0)).id for n in range(7)]
    newest = list(reversed(made))
    assert [job.id for job in jobs.page(limit=3)] == newest[:3]
    assert [job.id for job in jobs.page(before=newest[2], limit=3)] == newest[3:6]
    assert [job.id for job in jobs.page(project="b")] == newest[1::2]
