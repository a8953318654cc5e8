"""Wakes whoever follows something when there is news of it, on whatever replica it happens.

PostgreSQL notifies; one connection of each process listens, past any pooler. While that is away,
followers look by themselves every second; when it is back, all of them look once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import psycopg
from psycopg import sql

from cloud_api.database.pool import connection_options

_log = logging.getLogger("cloud.feed")

_LOOK_SECONDS = 30.0
_LOOK_DEAF_SECONDS = 1.0
_RETRY_SECONDS = 2.0


class Follower:
    """Sleeps until there may be something new."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There is something new."""
        self._woken.set()

    async def sleep(self, most: float) -> None:
        """Sleep until woken, for `most` seconds at most, and shorter while nobody would wake."""
        limit = min(most, _LOOK_SECONDS if self._feed.hears else _LOOK_DEAF_SECONDS)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), max(limit, 0.0))
        self._woken.clear()


class Feed:
    """The followers in this process, by what they follow; `channel` is PostgreSQL's."""

    def __init__(self, url: str, channel: str) -> None:
        self._url = url
        self._listen_to = sql.SQL("LISTEN {}").format(sql.Identifier(channel))
        self._followers: dict[str, set[Follower]] = {}
        self.hears = False

    @contextlib.contextmanager
    def following(self, followed: UUID) -> Iterator[Follower]:
        """A follower of one row, until the end of the block."""
        key, follower = str(followed), Follower(self)
        self._followers.setdefault(key, set()).add(follower)
        try:
            yield follower
        finally:
            self._followers[key].discard(follower)
            if not self._followers[key]:
                del self._followers[key]

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen to PostgreSQL until the end of the block."""
        listener = asyncio.create_task(self._keep_listening(), name="feed")
        try:
            yield
        finally:
            listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listener

    def wake_all(self) -> None:
        """Let every follower look: something may have been missed, or the service stops."""
        for followers in self._followers.values():
            for follower in followers:
                follower.wake()

    async def _keep_listening(self) -> None:
        while True:
            try:
                await self._listen()
            except psycopg.Error as error:
                _log.warning("notifications are away, followers look by themselves: %s", error)
            await asyncio.sleep(_RETRY_SECONDS)

    async def _listen(self) -> None:
        options = connection_options("backend-generator cloud, feed")
        async with await psycopg.AsyncConnection.connect(self._url, **options) as connection:
            await connection.execute(self._listen_to)
            self.hears = True
            self.wake_all()
            try:
                async for notification in connection.notifies():
                    for follower in self._followers.get(notification.payload, ()):
                        follower.wake()
            finally:
                self.hears = False
