"""The API proper, loaded beside the running server: its libraries take most of a start."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class LazyApplication:
    """An ASGI application that is made by `load` in a thread; requests wait until it is there."""

    def __init__(self, load: Callable[[], Application]) -> None:
        self._load = load
        self._loaded: asyncio.Future[Application] | None = None

    @property
    def loaded(self) -> bool:
        """Whether requests are answered at once."""
        return self._loaded is not None and self._loaded.done()

    def begin(self) -> asyncio.Future[Application]:
        """Start loading, in the running event loop, unless that was done before."""
        if self._loaded is None:
            loop = asyncio.get_running_loop()
            self._loaded = loop.create_future()
            thread = threading.Thread(target=self._run, args=[loop, self._loaded], daemon=True)
            thread.start()
        return self._loaded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; raises what `load` raised."""
        application = await asyncio.shield(self.begin())
        await application(scope, receive, send)

    def _run(self, loop: asyncio.AbstractEventLoop, loaded: asyncio.Future[Application]) -> None:
        try:
            application = self._load()
        except BaseException as error:  # raised again by whoever waits
            _tell(loop, loaded.set_exception, error)
        else:
            _tell(loop, loaded.set_result, application)


def _tell(loop: asyncio.AbstractEventLoop, setter: Callable[[Any], None], value: object) -> None:
    try:
        loop.call_soon_threadsafe(setter, value)
    except RuntimeError:  # the engine ended meanwhile
        return
