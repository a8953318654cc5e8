"""Followers: nothing lost, nothing twice, nothing without bound."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from job_kinds import GATES, CountRequest, WaitRequest

from local_engine.jobs import Jobs, feed
from local_engine.jobs.events import LeftOut, Progress
from local_engine.jobs.store import JobStore

FOLLOWERS = 20
EVENTS = 500


def test_twenty_followers_see_every_event_once(jobs: Jobs) -> None:
    GATES["twenty"] = threading.Event()
    first = jobs.start(WaitRequest(project="p", gate="twenty"))
    job = jobs.start(CountRequest(project="p", events=EVENTS))
    seen: list[list[int]] = [[] for _ in range(FOLLOWERS)]

    def follow(number: int) -> None:
        time.sleep(number * 0.004)  # some come when the job has begun, some when it has ended
        for event in jobs.feed.follow(job.id):
            seen[number].append(event.id)

    threads = [threading.Thread(target=follow, args=[number]) for number in range(FOLLOWERS)]
    for thread in threads:
        thread.start()
    GATES["twenty"].set()
    for thread in threads:
        thread.join(30)
    assert first.id != job.id
    stored = [event.id for event in jobs.feed.after(0, job=job.id)]
    while page := jobs.feed.after(stored[-1], job=job.id):
        stored += [event.id for event in page]
    assert len(stored) == EVENTS + 3
    assert stored == sorted(set(stored))
    assert seen == [stored] * FOLLOWERS


def test_a_follower_goes_on_where_it_was(jobs: Jobs) -> None:
    job = jobs.start(CountRequest(events=10))
    everything = list(jobs.feed.follow(job.id))
    for position in range(len(everything) - 1):
        assert (
            list(jobs.feed.follow(job.id, last=everything[position].id))
            == (everything[position + 1 :])
        )


def test_a_flood_is_cut_but_the_end_is_told(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "MAX_EVENTS", 50)
    job = jobs.start(CountRequest(events=200))
    events = [event.event for event in jobs.feed.follow(job.id)]
    told = [event for event in events if isinstance(event, Progress)]
    assert len(events) <= 53
    assert events[-1].type == "succeeded"
    assert events[-2] == LeftOut(events=200 - len(told))


def test_old_jobs_go_with_their_events_and_numbers_do_not_come_again(jobs: Jobs) -> None:
    for _ in range(5):
        list(jobs.feed.follow(jobs.start(CountRequest(events=1)).id))
    last = jobs.last_event()
    store: JobStore = jobs.feed._store
    assert len(store.prune(kept=0)) == 5
    assert jobs.page() == []
    assert jobs.feed.after(0) == []
    list(jobs.feed.follow(jobs.start(CountRequest(events=1)).id))
    assert jobs.feed.after(0)[0].id == last + 1


def test_a_damaged_table_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "jobs.sqlite3").write_bytes(b"this is no database" * 200)
    again = Jobs(tmp_path, lambda _: tmp_path)
    assert again.page() == []
    assert len(list(tmp_path.glob("jobs.sqlite3.damaged-*"))) == 1
