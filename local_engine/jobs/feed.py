"""How events reach those who follow them: nothing is handed on, everything is read again.

A follower keeps the number of the last event that it has seen and is woken when there may be newer
ones. So none is lost and none comes twice, however slow a follower is, and a slow one costs no
memory.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from local_engine.jobs.events import Bulk, Event, JobEvent, LeftOut, is_last
from local_engine.jobs.model import Job
from local_engine.jobs.store import JobStore

MAX_EVENTS = 10_000
_WAIT_SECONDS = 1.0

Listener = Callable[[], None]


class Feed:
    """Writes events and wakes their followers."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._listeners: set[Listener] = set()
        self._lock = threading.Lock()
        self._kept: dict[str, int] = {}
        self._left_out: dict[str, int] = {}

    def add(self, job: Job, event: Event) -> None:
        """A new job with its first event."""
        self._store.add(job, event)
        self.wake()

    def tell(self, job: str, event: Event, *, result: Mapping[str, Any] | None = None) -> None:
        """One more event of a job; those that only inform are left out beyond `MAX_EVENTS`."""
        with self._lock:
            count = self._kept[job] = self._kept.get(job, 0) + 1
            if isinstance(event, Bulk) and count > MAX_EVENTS:
                self._left_out[job] = self._left_out.get(job, 0) + 1
                return
            left_out = self._left_out.pop(job, 0) if is_last(event) else 0
            if is_last(event):
                self._kept.pop(job, None)
        if left_out:
            self._store.record(job, LeftOut(events=left_out))
        self._store.record(job, event, result=result)
        self.wake()

    def after(self, last: int, *, job: str | None = None) -> list[JobEvent]:
        """The next events, a page at most."""
        return self._store.events_after(last, job=job)

    def follow(self, job: str, *, last: int = 0) -> Iterator[JobEvent]:
        """All events of a job after the number `last`, as they come, up to its end."""
        woken = threading.Event()
        with self.listening(woken.set):
            while True:
                woken.clear()
                for event in self.after(last, job=job):
                    last = event.id
                    yield event
                    if is_last(event.event):
                        return
                woken.wait(_WAIT_SECONDS)

    @contextlib.contextmanager
    def listening(self, listener: Listener) -> Iterator[None]:
        """Call `listener` whenever there may be something new; from any thread, so be quick."""
        with self._lock:
            self._listeners.add(listener)
        try:
            yield
        finally:
            with self._lock:
                self._listeners.discard(listener)

    def wake(self) -> None:
        """Have all followers look."""
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener()
