"""Serves the application with uvicorn: one process, drained before it stops."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from cloud_api.application import make_application
from cloud_api.services import Services
from cloud_api.web.proxies import BehindProxies

_log = logging.getLogger("cloud")


class CloudServer(uvicorn.Server):
    """Answers requests until SIGTERM or SIGINT, in three steps.

    First `/ready` says no and streams end, so that balancers send no more requests; after
    `PLATFORM_DRAIN_SECONDS` no connection is taken any more; requests that are open then have
    `PLATFORM_SHUTDOWN_SECONDS` to end. A second signal does not wait.
    """

    def __init__(self, services: Services, on_ready: Callable[[str], None]) -> None:
        settings = services.settings
        self._services = services
        self._on_ready = on_ready
        proxies = settings.forwarded_allow_ips
        application: ASGIApp = make_application(services)
        if proxies == "*":
            application = BehindProxies(application, settings.platform_proxy_hops)
            proxies = ""
        super().__init__(
            uvicorn.Config(
                application,
                host=settings.host,
                port=settings.port,
                access_log=False,
                log_config=None,
                server_header=False,
                lifespan="on",
                ws="none",
                timeout_graceful_shutdown=settings.platform_shutdown_seconds,
                proxy_headers=bool(proxies),
                forwarded_allow_ips=proxies or None,
            )
        )
        self._loop: asyncio.AbstractEventLoop | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal asks for the end; it arrives between two steps of the event loop."""
        if self._loop is None or self._services.draining.is_set():
            self.force_exit = self._services.draining.is_set()
            self.should_exit = True
            return
        self._loop.call_soon_threadsafe(self.drain, signal.Signals(sig).name)

    def drain(self, reason: str) -> None:
        """Say that the service stops, and stop after a while."""
        seconds = self._services.settings.platform_drain_seconds
        _log.info("stopping in %g s: %s", seconds, reason)
        self._services.draining.set()
        self._services.generations.wake_all()
        asyncio.get_running_loop().call_later(seconds, setattr, self, "should_exit", True)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Listen to signals. Unlike uvicorn's own, does not send them again at the end."""
        if threading.current_thread() is not threading.main_thread():
            yield  # whoever runs a server in a thread stops it in another way
            return
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, self.handle_exit)
        yield

    async def startup(self, sockets: object = None) -> None:
        """Answer from now on, and say where."""
        self._loop = asyncio.get_running_loop()
        await super().startup(None)
        if self.started:
            self._on_ready(self._address())

    def _address(self) -> str:
        """Where the service listens; the port may have been chosen by the system."""
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        return f"http://{'[' + host + ']' if ':' in host else host}:{port}"


def loop_factory() -> asyncio.AbstractEventLoop:
    """uvloop where there is one; on Windows the selector loop, as psycopg needs it."""
    if sys.platform == "win32":
        return asyncio.SelectorEventLoop()
    import uvloop

    return uvloop.new_event_loop()
