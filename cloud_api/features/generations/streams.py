"""Runs as server-sent events (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from uuid import UUID

from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from cloud_api.access.callers import Account
from cloud_api.features.generations import service
from cloud_api.services import Services
from cloud_api.web.problems import Problem

MEDIA_TYPE = "text/event-stream"
_MOST = 10
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


def wants_stream(accept: str) -> bool:
    """Whether a client asks for events rather than for one answer."""
    return any(part.partition(";")[0].strip().lower() == MEDIA_TYPE for part in accept.split(","))


class EventStream(StreamingResponse):
    """A stream that holds its place until it has ended, or could not even begin."""

    def __init__(self, content: AsyncIterator[bytes], place: ExitStack) -> None:
        super().__init__(content, media_type=MEDIA_TYPE, headers=_HEADERS)
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events, then free the place."""
        with self._place:
            await super().__call__(scope, receive, send)


def reserve(services: Services, account: Account) -> ExitStack:
    """A place for a stream, until it is closed. Raises 429 when the account follows many already.

    It is taken before a run is started: one that nobody can follow would have been counted.
    """
    if services.streams.get(account.id, 0) >= _MOST:
        raise Problem(
            429,
            "too-many-streams",
            f"{_MOST} streams of yours are open here. Close one, then try again.",
            headers={"retry-after": "5"},
        )
    place = ExitStack()
    place.enter_context(_counted(services, account))
    return place


def stream(
    services: Services, account: Account, generation: UUID, after: int, place: ExitStack
) -> EventStream:
    """The events of a run from a number on, in a place that was reserved."""

    async def encoded() -> AsyncIterator[bytes]:
        async for event in service.follow(services, account, generation, after):
            if event is None:
                yield KEEPALIVE_COMMENT
            else:
                text = event.model_dump_json()
                yield format_sse_event(data_str=text, id=str(event.number))

    return EventStream(encoded(), place.pop_all())


@contextlib.contextmanager
def _counted(services: Services, account: Account) -> Iterator[None]:
    open_streams = services.streams
    open_streams[account.id] = open_streams.get(account.id, 0) + 1
    services.metrics.open_streams.inc()
    try:
        yield
    finally:
        services.metrics.open_streams.dec()
        open_streams[account.id] -= 1
        if not open_streams[account.id]:
            del open_streams[account.id]
