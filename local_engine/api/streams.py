"""Streams of events: bounded in number, woken instead of polled, ended with the engine."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar

from fastapi import Depends

from local_engine.api.engine import TheEngine
from local_engine.api.problems import Problem
from local_engine.jobs import JobEvent, is_last
from local_engine.jobs.feed import Feed

_PAUSE_SECONDS = 1.0

Line = TypeVar("Line")


def stream_slot(engine: TheEngine) -> Iterator[None]:
    """One of the engine's streams, for as long as the answer goes on."""
    if not engine.streams.acquire(blocking=False):
        raise Problem(
            429, "too-many-streams", "Too many streams are open. Close one, then try again."
        )
    try:
        yield
    finally:
        engine.streams.release()


OneStream = Depends(stream_slot)


class Waker:
    """Lets a coroutine sleep until another thread has something for it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Wake the sleeper; from any thread."""
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._woken.set)

    async def sleep(self) -> None:
        """Sleep until woken, but not for long."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), _PAUSE_SECONDS)
        self._woken.clear()


async def follow_events(
    feed: Feed, closing: threading.Event, last: int, job: str | None
) -> AsyncIterator[JobEvent]:
    """The events after the number `last` as they come: of one job up to its end, or of all."""
    waker = Waker()
    with feed.listening(waker.wake):
        while not closing.is_set():
            page = await asyncio.to_thread(feed.after, last, job=job)
            for event in page:
                last = event.id
                yield event
                if job is not None and is_last(event.event):
                    return
            if not page:
                await waker.sleep()


async def follow_lines(
    read: Callable[[], list[Line] | None], closing: threading.Event
) -> AsyncIterator[Line]:
    """The lines that `read` gives, again and again; None from it is the end."""
    while not closing.is_set():
        lines = await asyncio.to_thread(read)
        if lines is None:
            return
        for line in lines:
            yield line
        if not lines:
            await asyncio.sleep(0.2)
