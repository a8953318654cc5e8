"""Runs the engine, from the socket to the end."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.api.features.session.service import Sessions
from local_engine.api.gate import ENTER, Gate
from local_engine.api.loading import Application, LazyApplication
from local_engine.api.process.arguments import Arguments
from local_engine.api.process.crashes import CrashReports
from local_engine.api.process.instance import Address, Instance
from local_engine.api.process.logs import start_logging
from local_engine.api.process.ready import say_ready
from local_engine.api.process.server import EngineServer, loopback_socket
from local_engine.api.process.watching import watch_starter

if TYPE_CHECKING:
    from local_engine.api.engine import Engine


def serve(home: Path, instance: Instance, token: str, chosen: Arguments) -> None:
    """Serve until told to stop. Raises `OSError` when the port cannot be had."""
    crashes = CrashReports(home, start_logging(home))
    crashes.install()
    bound = loopback_socket(chosen.port)
    address = Address(bound.getsockname()[1], os.getpid(), token)
    sessions = Sessions(token)
    parts = _Parts(home, address, sessions, crashes)
    application = LazyApplication(parts.load)

    def on_ready() -> None:
        instance.announce(address)
        link = f"{address.url}{ENTER}{sessions.new_link()}" if chosen.link else None
        say_ready(address, started=True, link=link)
        application.begin()

    server = EngineServer(
        Gate(address.port, sessions, application), on_ready=on_ready, on_stop=parts.close
    )
    if not chosen.stay:
        watch_starter(server.stop_orphaned)
    asyncio.run(server.serve(sockets=[bound]))


class _Parts:
    """What is made once the server runs, and ended with it."""

    def __init__(
        self, home: Path, address: Address, sessions: Sessions, crashes: CrashReports
    ) -> None:
        self._home = home
        self._address = address
        self._sessions = sessions
        self._crashes = crashes
        self._engine: Engine | None = None

    def load(self) -> Application:
        """Make the API."""
        from local_engine.api.application import make_application
        from local_engine.api.engine import Engine

        self._engine = Engine(self._home, self._address.url, self._sessions, self._crashes.write)
        return make_application(self._engine)

    def close(self, reason: str, patience_seconds: float) -> None:
        """End what was made, as far as it goes in time."""
        if self._engine is not None:
            self._engine.close(f"the engine ended: {reason}", patience_seconds)
