"""The HTTP server: on a socket of our own, told when to stop, silent about signals."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType

import uvicorn

from local_engine.api.loading import Application
from local_engine.runtime.ports import LOOPBACK

_BACKLOG = 128
_CLOSING_SECONDS = 1
_ORPHAN_SECONDS = 1.4
_PATIENCE_SECONDS = 12.0
_ORPHAN_PATIENCE_SECONDS = 0.6
_log = logging.getLogger(__name__)


def loopback_socket(port: int) -> socket.socket:
    """A socket bound to this port of 127.0.0.1 (0: a free one). Raises `OSError`."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name != "nt":  # there the option means to share a port with another program
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((LOOPBACK, port))
        bound.listen(_BACKLOG)
    except OSError:
        bound.close()
        raise
    return bound


OnStop = Callable[[str, float], None]
"""Ends what runs: the reason, and how many seconds that may take."""


class EngineServer(uvicorn.Server):
    """Serves the gate until it is asked to stop.

    `on_ready` runs in the event loop once requests are answered; `on_stop`, in a thread, before
    connections are closed: streams must have ended by its end.
    """

    def __init__(self, gate: Application, *, on_ready: Callable[[], None], on_stop: OnStop) -> None:
        config = uvicorn.Config(
            gate,
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_CLOSING_SECONDS,
            h11_max_incomplete_event_size=64 * 1024,
        )
        super().__init__(config)
        self._on_ready = on_ready
        self._on_stop = on_stop
        self._reason = ""
        self._patience = _PATIENCE_SECONDS

    def stop(self, reason: str) -> None:
        """Ask for an orderly end; safe from any thread."""
        _log.info("stopping: %s", reason)
        self._reason = reason
        self.should_exit = True

    def stop_orphaned(self, reason: str) -> None:
        """Ask for an end that comes soon, orderly or not: nobody is left who waits for it."""
        deadline = threading.Timer(_ORPHAN_SECONDS, os._exit, [1])
        deadline.daemon = True
        deadline.start()
        self._patience = _ORPHAN_PATIENCE_SECONDS
        self.stop(reason)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal asks for the end; a second one does not wait for connections."""
        self.force_exit = self.should_exit
        self.stop(signal.Signals(sig).name)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Listen to signals. Unlike uvicorn's own, does not send them again at the end."""
        signals = [signal.SIGINT, signal.SIGTERM]
        if sys.platform == "win32":
            signals.append(signal.SIGBREAK)
        else:
            signals.append(signal.SIGHUP)
        for one in signals:
            signal.signal(one, self.handle_exit)
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer from now on, and say so."""
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End jobs and streams, then connections."""
        await asyncio.to_thread(self._on_stop, self._reason, self._patience)
        await super().shutdown(sockets)
